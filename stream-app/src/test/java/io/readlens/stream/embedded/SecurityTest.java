package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityTest {
  @TempDir Path parent;

  private Path directory;
  private Security made;

  @BeforeEach
  void make() {
    directory = parent.resolve("security");
    made = Security.in(directory);
  }

  @Test
  void shouldFindAgainWhatItMade() throws Exception {
    // Given
    byte[] authority = Files.readAllBytes(made.certificates().pem());
    X509Certificate certificate = server(made);

    // When
    Security found = Security.in(directory);

    // Then
    assertThat(found.brokerClient()).isEqualTo(made.brokerClient());
    assertThat(found.registryClient()).isEqualTo(made.registryClient());
    assertThat(found.certificates().pem()).hasBinaryContent(authority);
    assertThat(server(found)).isEqualTo(certificate);
  }

  @Test
  void shouldRenewACertificateThatHasExpiredUnderTheSameAuthority() throws Exception {
    // Given
    byte[] authority = Files.readAllBytes(made.certificates().pem());
    made.certificates().renewServer(new Certificates.Validity(10, 5));
    assertThat(server(made).getNotAfter().toInstant()).isBefore(Instant.now());

    // When
    Security renewed = Security.in(directory);

    // Then
    server(renewed).checkValidity();
    assertThat(renewed.certificates().pem()).hasBinaryContent(authority);
    assertThat(renewed.brokerClient()).isEqualTo(made.brokerClient());
  }

  @Test
  void shouldNameBothAddressesInTheCertificate() throws Exception {
    // When
    X509Certificate certificate = server(made);

    // Then
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .isEqualTo(List.of("localhost", "127.0.0.1"));
    assertThat(certificate.getBasicConstraints()).as("path length of an authority").isEqualTo(-1);
  }

  @Test
  void shouldBeItsOwnersAlone() throws Exception {
    // When
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.toList();
    }

    // Then
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(files)
        .hasSize(6)
        .allSatisfy(file -> assertThat(mode(file)).as("%s", file).isEqualTo("rw-------"));
    assertThat(made.toString()).doesNotContain(made.brokerPassword(), made.registryPassword());
  }

  @Test
  void shouldSayWhatToDeleteWhenThePasswordsAreOthers() throws Exception {
    // Given
    Files.delete(directory.resolve("passwords.properties"));

    // When
    ThrowingCallable start = () -> Security.in(directory);

    // Then
    assertThatThrownBy(start)
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("cannot read " + directory.resolve("authority.p12"))
        .hasMessageEndingWith(
            "delete " + directory + " to have new keys, certificates and passwords made");
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static X509Certificate server(Security security) throws Exception {
    KeyStore store = KeyStore.getInstance(Certificates.STORE_TYPE);
    try (InputStream in = Files.newInputStream(security.certificates().server())) {
      store.load(in, security.certificates().password().toCharArray());
    }
    return (X509Certificate) store.getCertificate("server");
  }
}
