package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * CAs and server certificates, made with keytool.
 *
 * @param store holds the CA {@code ca} and what it has signed
 */
record Keys(Path store) {
  static final String PASSWORD = "changeit";

  /** A CA in a store of its own. */
  static Keys ca(Path folder, String name) throws Exception {
    Keys keys = new Keys(folder.resolve(name + ".p12"));
    keys.make("ca", "CN=" + name, "-ext", "bc:c", "-validity", "3650");
    return keys;
  }

  /**
   * Has the CA sign a certificate.
   *
   * @param names such as {@code DNS:localhost}
   * @param more further options of keytool
   */
  Keys sign(String alias, String names, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("-signer", "ca", "-ext", "SAN=" + names));
    options.addAll(List.of(more));
    make(alias, "CN=" + alias, options.toArray(String[]::new));
    return this;
  }

  private void make(String alias, String name, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", name));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", store.toString()));
    command.addAll(List.of(more));
    Path log = store.resolveSibling(alias + ".log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(keytool.waitFor()).as(() -> read(log)).isZero();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The client's settings that trust this CA. */
  Map<String, String> trusted() throws Exception {
    Path trust = store.resolveSibling("trust-" + store.getFileName());
    KeyStore truststore = KeyStore.getInstance("PKCS12");
    truststore.load(null, null);
    truststore.setCertificateEntry("ca", open().getCertificate("ca"));
    try (OutputStream out = Files.newOutputStream(trust)) {
      truststore.store(out, PASSWORD.toCharArray());
    }
    return Map.of(
        "ssl.truststore.location",
        trust.toString(),
        "ssl.truststore.password",
        PASSWORD,
        "ssl.truststore.type",
        "PKCS12");
  }

  /** A server's side of TLS that shows the certificate of this alias. */
  SSLContext server(String alias) throws Exception {
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    char[] password = PASSWORD.toCharArray();
    one.setKeyEntry(
        alias, open().getKey(alias, password), password, open().getCertificateChain(alias));
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(one, password);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(open());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyStore open() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }
}
