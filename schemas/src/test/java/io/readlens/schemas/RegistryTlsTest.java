package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.avro.SequencingRead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistryTlsTest {
  private static final String PASSWORD = "changeit";
  private static final Schema PUBLISHED = RegistrySerde.published(SequencingRead.getClassSchema());

  @TempDir private Path folder;
  private Path keys;
  private StubRegistry stub;

  @BeforeEach
  void start() throws Exception {
    keys = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "registry",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                keys.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).as("exit status of keytool").isZero();
    stub = new StubRegistry(context());
    stub.know(7, PUBLISHED);
  }

  @AfterEach
  void close() {
    stub.close();
  }

  @Test
  void shouldTrustTheGivenCertificates() {
    // Given
    Registry registry =
        stub.connect(
            "schema.registry.ssl.truststore.location",
            keys.toString(),
            "schema.registry.ssl.truststore.password",
            PASSWORD,
            "schema.registry.ssl.truststore.type",
            "PKCS12");
    // When
    Schema schema = registry.forReading(7);
    // Then
    assertThat(stub.url()).startsWith("https:");
    assertThat(schema).isEqualTo(PUBLISHED);
  }

  @Test
  void shouldTrustNoOneElse() {
    // Given
    Registry registry = stub.connect();
    // When
    Throwable failure = catchThrowable(() -> registry.forReading(7));
    // Then
    assertThat(failure).isInstanceOf(RegistryException.class).hasMessageContaining("SSL");
    assertThat(stub.requests()).isEmpty();
  }

  private SSLContext context() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }
}
