package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.SequencingRead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the schemas to what the registry is told to enforce, FULL_TRANSITIVE: readers of today read
 * the records of every release, and readers of every release read the records of today. Each
 * release freezes its Avro files in a folder of its own; those are never changed.
 */
final class ReleasedSchemasTest {
  private static final List<Schema> CURRENT =
      List.of(
          SequencingRead.getClassSchema(),
          Explanation.getClassSchema(),
          DeadLetter.getClassSchema(),
          LedgerEntry.getClassSchema(),
          CheckpointEvent.getClassSchema());

  @Test
  void shouldStayCompatibleWithEveryRelease() {
    // Given
    List<Path> releases = releases(Path.of("released"));
    // When
    List<String> broken = new ArrayList<>();
    for (Path release : releases) {
      for (Schema released : schemas(release)) {
        broken.addAll(conflicts(current(released.getName()), released));
      }
    }
    // Then
    assertThat(broken).isEmpty();
  }

  @Test
  void shouldHaveEverySchemaInTheLatestRelease() {
    // Given
    List<Path> releases = releases(Path.of("released"));
    // When
    List<Schema> latest = schemas(releases.get(releases.size() - 1));
    // Then
    assertThat(latest)
        .extracting(Schema::getName)
        .containsExactlyInAnyOrderElementsOf(CURRENT.stream().map(Schema::getName).toList());
  }

  @Test
  void shouldNoticeAFieldThatEarlierRecordsLack() {
    // Given
    Schema current = SequencingRead.getClassSchema();
    Schema released = SchemaVersions.without(current, "sequence");
    // When
    List<String> conflicts = conflicts(current, released);
    // Then
    assertThat(conflicts).singleElement().asString().contains("today cannot read");
  }

  @Test
  void shouldNoticeAFieldThatEarlierReadersNeed() {
    // Given
    Schema current = SequencingRead.getClassSchema();
    Schema released =
        SchemaVersions.with(current, "checksum", Schema.create(Schema.Type.LONG), null);
    // When
    List<String> conflicts = conflicts(current, released);
    // Then
    assertThat(conflicts).singleElement().asString().contains("cannot read today's");
  }

  @Test
  void shouldNoticeThatNothingIsReleased(@TempDir Path empty) {
    // When
    Throwable failure = catchThrowable(() -> releases(empty));
    // Then
    assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("released");
  }

  private static List<String> conflicts(Schema compiled, Schema released) {
    Schema current = RegistrySerde.published(compiled);
    List<String> conflicts = new ArrayList<>();
    if (!reads(current, released)) {
      conflicts.add(current.getName() + ": today cannot read the released");
    }
    if (!reads(released, current)) {
      conflicts.add(current.getName() + ": the released cannot read today's");
    }
    return conflicts;
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }

  private static List<Path> releases(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> releases = entries.filter(Files::isDirectory).sorted().toList();
      assertThat(releases).as("released schemas in " + folder).isNotEmpty();
      return releases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema current(String name) {
    return CURRENT.stream()
        .filter(schema -> schema.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("released, and gone today: " + name));
  }

  /** What a release froze. */
  private static List<Schema> schemas(Path release) {
    try (Stream<Path> files = Files.list(release)) {
      List<Schema> schemas = files.sorted().map(ReleasedSchemasTest::parse).toList();
      assertThat(schemas).as("schemas in " + release).isNotEmpty();
      return schemas;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema parse(Path file) {
    try {
      return new Schema.Parser().parse(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
