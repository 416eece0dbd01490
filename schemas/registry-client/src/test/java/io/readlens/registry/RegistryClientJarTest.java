package io.readlens.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.registry.ConstantPool.Member;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * The jar was put together from classes that were compiled against other versions of their
 * libraries. So everything that they refer to is looked up in the libraries that they get here;
 * jdeps sees classes only, not their members.
 */
final class RegistryClientJarTest {
  private static final String CLIENT =
      "/io/confluent/kafka/schemaregistry/client/SchemaRegistryClient.class";

  private final Linker linker = new Linker(RegistryClientJarTest.class.getClassLoader());

  @Test
  void shouldReferToNothingThatIsMissing() throws IOException {
    // Given
    List<String> missing = new ArrayList<>();
    int classes = 0;
    int members = 0;
    // When
    try (JarFile jar = jar()) {
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        ConstantPool pool = ConstantPool.read(jar.getInputStream(entry));
        classes++;
        members += pool.members().size();
        pool.classes().stream()
            .filter(name -> !linker.finds(name))
            .forEach(name -> missing.add(entry.getName() + " -> " + name));
        pool.members().stream()
            .filter(member -> !linker.finds(member))
            .forEach(member -> missing.add(entry.getName() + " -> " + member));
      }
    }
    // Then
    assertThat(missing).isEmpty();
    assertThat(classes).isEqualTo(161);
    assertThat(members).isGreaterThan(3_000);
  }

  @Test
  void shouldNoticeWhatIsMissing() {
    // Given
    List<Member> absent =
        List.of(
            new Member("java/lang/String", "length", "()J"),
            new Member("java/lang/String", "size", "()I"),
            new Member("java/lang/String", "<init>", "(Ljava/util/List;)V"),
            new Member("java/util/ArrayList", "elements", "I"),
            new Member("java/lang/Strings", "length", "()I"));
    List<Member> present =
        List.of(
            new Member("java/util/ArrayList", "containsAll", "(Ljava/util/Collection;)Z"),
            new Member("java/util/List", "hashCode", "()I"),
            new Member("[Ljava/lang/String;", "clone", "()Ljava/lang/Object;"),
            new Member("java/lang/String", "<init>", "([B)V"));
    // When
    List<Member> found = new ArrayList<>(absent);
    found.addAll(present);
    found.removeIf(member -> !linker.finds(member));
    // Then
    assertThat(found).isEqualTo(present);
  }

  @Test
  void shouldHoldTheClientAndNothingElse() throws IOException {
    // When
    List<String> names;
    try (JarFile jar = jar()) {
      names = jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName).toList();
    }
    // Then
    assertThat(names)
        .allMatch(name -> name.startsWith("io/confluent/") || name.startsWith("META-INF/"))
        .noneMatch(name -> name.contains("bearerauth/oauth"))
        .contains("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/REPACKAGED.txt");
  }

  @Test
  void shouldNameWhoseWorkItIs() throws IOException {
    // When
    String license = text("META-INF/LICENSE");
    String notice = text("META-INF/NOTICE");
    String repackaged = text("META-INF/REPACKAGED.txt");
    // Then
    assertThat(license).contains("Apache License", "Version 2.0");
    assertThat(notice).contains("io.confluent:kafka-schema-registry-client:7.5.3");
    assertThat(repackaged).contains("Confluent", "7.5.3", "repackages", "relocated back");
  }

  @Test
  void shouldListOnlyServicesThatItHas() throws IOException {
    // Given
    List<String> providers = new ArrayList<>();
    // When
    try (JarFile jar = jar()) {
      for (JarEntry entry : jar.stream().filter(RegistryClientJarTest::isService).toList()) {
        text(entry.getName()).lines().filter(line -> !line.isBlank()).forEach(providers::add);
      }
    }
    // Then
    assertThat(providers)
        .hasSizeGreaterThan(4)
        .allMatch(provider -> linker.finds(provider.strip()));
  }

  private static boolean isService(JarEntry entry) {
    return !entry.isDirectory() && entry.getName().startsWith("META-INF/services/");
  }

  private static String text(String entry) throws IOException {
    try (JarFile jar = jar();
        InputStream in = jar.getInputStream(jar.getJarEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The jar that the client's classes come from; it is made too late to compile against. */
  private static JarFile jar() throws IOException {
    URL client = RegistryClientJarTest.class.getResource(CLIENT);
    JarURLConnection connection = (JarURLConnection) client.openConnection();
    connection.setUseCaches(false); // or closing the jar would close it for everyone
    return connection.getJarFile();
  }
}
