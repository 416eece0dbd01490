package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry as Confluent's own client sees it; the log is in memory. */
class EmbeddedRegistryTest {
  private static final String SUBJECT = "reads-value";

  private MemoryLog log;
  private EmbeddedRegistry registry;
  private SchemaRegistryClient client;

  @BeforeEach
  void serve() {
    log = new MemoryLog();
    registry =
        EmbeddedRegistry.serve(
            new SchemaRules(log.store(), CompatibilityLevel.FULL_TRANSITIVE),
            () -> {},
            EmbeddedRegistry.ANY_PORT,
            Optional.empty());
    client = newClient();
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void shouldGiveBackWhatWasRegistered() throws Exception {
    // Given
    int id = client.register(SUBJECT, Schemas.WITH_NUMBER);

    // When
    SchemaRegistryClient reader = newClient();

    // Then
    assertThat(reader.getSchemaById(id)).isEqualTo(Schemas.WITH_NUMBER);
    assertThat(reader.getId(SUBJECT, Schemas.WITH_NUMBER)).isEqualTo(id);
    assertThat(reader.getVersion(SUBJECT, Schemas.WITH_NUMBER)).isEqualTo(1);
    assertThat(reader.getAllSubjects()).containsExactly(SUBJECT);
    SchemaMetadata latest = reader.getLatestSchemaMetadata(SUBJECT);
    assertThat(latest.getId()).isEqualTo(id);
    assertThat(latest.getVersion()).isEqualTo(1);
    assertThat(latest.getSchema()).isEqualTo(Schemas.WITH_NUMBER.canonicalString());
  }

  @Test
  void shouldGiveOneSchemaOneIdInAllSubjects() throws Exception {
    // Given
    int first = client.register("a-value", Schemas.WITHOUT);
    int other = client.register("b-value", Schemas.WITH_NUMBER);

    // When
    int second = client.register("b-value", Schemas.WITHOUT);

    // Then
    assertThat(second).isEqualTo(first).isNotEqualTo(other);
    assertThat(client.getAllSubjectsById(first)).containsExactlyInAnyOrder("a-value", "b-value");
    assertThat(client.getAllVersionsById(first))
        .extracting(use -> use.getSubject() + "/" + use.getVersion())
        .containsExactlyInAnyOrder("a-value/1", "b-value/2");
  }

  @Test
  void shouldRefuseASchemaThatAnyEarlierVersionContradicts() throws Exception {
    // Given
    client.register(SUBJECT, Schemas.WITH_NUMBER);
    client.register(SUBJECT, Schemas.WITHOUT);

    // When
    ThrowingCallable register = () -> client.register(SUBJECT, Schemas.WITH_TEXT);

    // Then
    assertRefused(register, 409, 409);
    assertThat(client.getAllVersions(SUBJECT)).containsExactly(1, 2);
  }

  @Test
  void shouldSayWhyASchemaWouldBeRefused() throws Exception {
    // Given
    client.register(SUBJECT, Schemas.WITH_NUMBER);

    // When
    List<String> reasons = client.testCompatibilityVerbose(SUBJECT, Schemas.WITH_TEXT);

    // Then
    assertThat(reasons).anyMatch(reason -> reason.contains("TYPE_MISMATCH"));
    assertThat(client.testCompatibility(SUBJECT, Schemas.WITH_TEXT)).isFalse();
    assertThat(client.testCompatibility(SUBJECT, Schemas.WITHOUT)).isTrue();
    assertThat(client.getAllVersions(SUBJECT)).containsExactly(1);
  }

  @Test
  void shouldCompareWithTheLatestOnlyWhereTheSubjectSaysSo() throws Exception {
    // Given
    client.register(SUBJECT, Schemas.WITH_NUMBER);
    client.register(SUBJECT, Schemas.WITHOUT);

    // When
    client.updateCompatibility(SUBJECT, "FULL");

    // Then
    assertThat(client.getCompatibility(SUBJECT)).isEqualTo("FULL");
    assertThat(client.register(SUBJECT, Schemas.WITH_TEXT)).isEqualTo(3);
  }

  @Test
  void shouldTellTheDefaultLevelFromTheSubjectsOwn() throws Exception {
    // Given
    String before = client.getCompatibility(null);

    // When
    client.updateCompatibility(null, "NONE");

    // Then
    assertThat(before).isEqualTo("FULL_TRANSITIVE");
    assertThat(client.getCompatibility(null)).isEqualTo("NONE");
    assertRefused(() -> client.getCompatibility(SUBJECT), 404, 40408);
  }

  @Test
  void shouldDeleteSoftlyThenPermanently() throws Exception {
    // Given
    int id = client.register(SUBJECT, Schemas.WITH_NUMBER);
    client.register(SUBJECT, Schemas.WITHOUT);

    // When
    List<Integer> softly = client.deleteSubject(SUBJECT);

    // Then
    assertThat(softly).containsExactly(1, 2);
    assertRefused(() -> client.getAllVersions(SUBJECT), 404, 40401);
    assertRefused(() -> client.deleteSubject(SUBJECT), 404, 40404);
    assertThat(newClient().getSchemaById(id)).isEqualTo(Schemas.WITH_NUMBER);
    assertThat(client.deleteSubject(SUBJECT, true)).containsExactly(1, 2);
    assertRefused(() -> newClient().getSchemaById(id), 404, 40403);
  }

  @Test
  void shouldKeepLiveSubjectsFromPermanentDeletion() throws Exception {
    // Given
    client.register(SUBJECT, Schemas.WITHOUT);

    // When
    ThrowingCallable delete = () -> client.deleteSubject(SUBJECT, true);

    // Then
    assertRefused(delete, 404, 40405);
    assertRefused(() -> client.deleteSchemaVersion(SUBJECT, "1", true), 404, 40407);
    assertThat(client.getAllVersions(SUBJECT)).containsExactly(1);
  }

  @Test
  void shouldNotCheckAgainstADeletedVersion() throws Exception {
    // Given
    client.register(SUBJECT, Schemas.WITH_NUMBER);
    client.register(SUBJECT, Schemas.WITHOUT);

    // When
    int deleted = client.deleteSchemaVersion(SUBJECT, "1");

    // Then
    assertThat(deleted).isEqualTo(1);
    assertRefused(() -> client.deleteSchemaVersion(SUBJECT, "1"), 404, 40406);
    client.register(SUBJECT, Schemas.WITH_TEXT);
    assertThat(client.getAllVersions(SUBJECT)).containsExactly(2, 3);
  }

  @Test
  void shouldRegisterADeletedSchemaAgainUnderItsOldIdAndANewVersion() throws Exception {
    // Given
    int id = client.register(SUBJECT, Schemas.WITHOUT);
    client.deleteSubject(SUBJECT);

    // When
    int again = newClient().register(SUBJECT, Schemas.WITHOUT);

    // Then
    assertThat(again).isEqualTo(id);
    assertThat(newClient().getAllVersions(SUBJECT)).containsExactly(2);
  }

  @Test
  void shouldGiveConcurrentRegistrationsOfOneSchemaOneId() throws Exception {
    // Given
    int writers = 6;
    log.holdFirstWriter();

    // When
    List<Integer> ids = registerAtOnce(writers, writer -> Schemas.WITHOUT);

    // Then
    assertThat(ids).hasSize(writers).containsOnly(1);
    assertThat(log.records()).hasSize(1);
  }

  @Test
  void shouldGiveConcurrentRegistrationsOfManySchemasAsManyIds() throws Exception {
    // Given
    int writers = 6;
    log.holdFirstWriter();

    // When
    List<Integer> ids = registerAtOnce(writers, Schemas::numbered);

    // Then
    assertThat(ids).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
    assertThat(client.getAllVersions(SUBJECT)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shouldChangeNothingWhenTheLogDoes() throws Exception {
    // Given
    int id = client.register(SUBJECT, Schemas.WITHOUT);
    log.failWith(MemoryLog.Fault.RECORD_LOST);

    // When
    ThrowingCallable register = () -> client.register(SUBJECT, Schemas.WITH_NUMBER);

    // Then
    assertRefused(register, 500, 50001);
    assertRefused(() -> client.updateCompatibility(SUBJECT, "NONE"), 500, 50001);
    assertRefused(() -> client.deleteSubject(SUBJECT), 500, 50001);
    assertThat(newClient().getAllVersions(SUBJECT)).containsExactly(1);
    assertThat(newClient().getSchemaById(id)).isEqualTo(Schemas.WITHOUT);
  }

  @Test
  void shouldNotGiveAnIdAgainThatWasWrittenWithoutAcknowledgement() throws Exception {
    // Given
    log.failWith(MemoryLog.Fault.ONLY_ACKNOWLEDGEMENT_LOST);
    assertRefused(() -> client.register("a-value", Schemas.WITH_NUMBER), 500, 50001);
    log.failWith(MemoryLog.Fault.NONE);

    // When
    int id = client.register("b-value", Schemas.WITHOUT);

    // Then
    assertThat(id).isEqualTo(2);
    assertThat(newClient().register("a-value", Schemas.WITH_NUMBER)).isEqualTo(1);
  }

  @Test
  void shouldKeepASubjectWithASlash() throws Exception {
    // Given
    String subject = "reads/of run+1 % 2";

    // When
    client.register(subject, Schemas.WITHOUT);

    // Then
    assertThat(client.getAllSubjects()).containsExactly(subject);
    assertThat(client.getAllVersions(subject)).containsExactly(1);
  }

  @Test
  void shouldNameThePortThatIsTaken() {
    // Given
    int port = registry.port();

    // When
    ThrowingCallable second =
        () ->
            EmbeddedRegistry.serve(
                new SchemaRules(log.store(), CompatibilityLevel.NONE),
                () -> {},
                port,
                Optional.empty());

    // Then
    assertThatThrownBy(second)
        .isInstanceOf(StartupException.class)
        .hasMessage("registry: port " + port + " on 127.0.0.1 is already in use");
  }

  @Test
  void shouldCloseTwice() {
    // Given
    registry.close();

    // When
    ThrowingCallable again = registry::close;

    // Then
    assertThatCode(again).doesNotThrowAnyException();
    assertThat(Loopback.isFree(registry.port())).isTrue();
  }

  private SchemaRegistryClient newClient() {
    return new CachedSchemaRegistryClient(registry.url(), 100);
  }

  private List<Integer> registerAtOnce(int writers, IntFunction<ParsedSchema> schema)
      throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return newClient().register(SUBJECT, schema.apply(writer));
                }));
      }
      start.countDown();
      List<Integer> ids = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        ids.add(answer.get());
      }
      return ids;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertRefused(ThrowingCallable call, int status, int code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RestClientException.class,
            e -> {
              assertThat(e.getErrorCode()).isEqualTo(code);
              assertThat(e.getStatus()).isEqualTo(status);
            });
  }
}
