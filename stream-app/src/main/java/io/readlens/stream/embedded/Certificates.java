package io.readlens.stream.embedded;

import io.readlens.model.process.Why;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The keys and certificates of a secured broker and registry, made by the JDK's keytool and kept in
 * PKCS12 files of one password:
 *
 * <ul>
 *   <li>{@code authority.p12}: a certificate authority of this directory's own
 *   <li>{@code server.p12}: what the broker and the registry show, signed by the authority, for
 *       localhost and 127.0.0.1
 *   <li>{@code internal.p12}: what the broker's own connections show and trust, and nobody else has
 *   <li>{@code truststore.p12} and {@code ca.pem}: the authority's certificate, for clients
 * </ul>
 *
 * <p>Whoever trusts the authority need not be told when the server's certificate is renewed.
 */
final class Certificates {
  static final String STORE_TYPE = "PKCS12";

  /** So long before its end a certificate is renewed at the next start. */
  private static final Duration RENEWAL = Duration.ofDays(30);

  private static final Validity TEN_YEARS = new Validity(0, 3650);
  private static final String AUTHORITY = "ca";
  private static final String SERVER = "server";
  private static final String INTERNAL = "internal";
  private static final String NAMES = "san=dns:localhost,ip:127.0.0.1";

  /**
   * @param startedDaysAgo how long ago a certificate's first day was
   * @param days how many days from then on it is valid
   */
  record Validity(int startedDaysAgo, int days) {
    /** As long as clients commonly accept. */
    static final Validity STANDARD = new Validity(0, 397);
  }

  private final Path directory;
  private final String password;

  private Certificates(Path directory, String password) {
    this.directory = directory;
    this.password = password;
  }

  /**
   * Finds the files or makes them, and renews what has expired or is about to.
   *
   * @param directory exists, and is nobody else's to read
   * @param password of the files that are there
   * @throws StartupException when keytool fails or a file cannot be read with the password
   */
  static Certificates in(Path directory, String password) {
    Certificates certificates = new Certificates(directory, password);
    if (!certificates.lasts(certificates.authority(), AUTHORITY)) {
      certificates.renewAuthority();
    }
    if (!certificates.lasts(certificates.internal(), INTERNAL)) {
      certificates.renewInternal();
    }
    if (!certificates.lasts(certificates.server(), SERVER)) {
      certificates.renewServer(Validity.STANDARD);
    }
    return certificates;
  }

  private Path authority() {
    return directory.resolve("authority.p12");
  }

  Path server() {
    return directory.resolve("server.p12");
  }

  Path internal() {
    return directory.resolve("internal.p12");
  }

  Path truststore() {
    return directory.resolve("truststore.p12");
  }

  Path pem() {
    return directory.resolve("ca.pem");
  }

  String password() {
    return password;
  }

  /** What a server shows its clients. */
  SSLContext serverContext() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(server()), password.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw unreadable(server(), e);
    }
  }

  private boolean lasts(Path store, String alias) {
    if (!Files.exists(store)) {
      return false;
    }
    try {
      return load(store).getCertificate(alias) instanceof X509Certificate certificate
          && certificate.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWAL));
    } catch (GeneralSecurityException e) {
      throw unreadable(store, e);
    }
  }

  /** What an older authority signed is void then. */
  private void renewAuthority() {
    delete(server());
    make(
        authority(),
        AUTHORITY,
        "CN=ReadLens embedded authority",
        TEN_YEARS,
        "-ext",
        "bc:c=ca:true",
        "-ext",
        "ku:c=keyCertSign,cRLSign");
    try {
      Certificate certificate = load(authority()).getCertificate(AUTHORITY);
      KeyStore trusted = empty();
      trusted.setCertificateEntry(AUTHORITY, certificate);
      store(trusted, truststore());
      PrivateFiles.write(pem(), pem(certificate));
    } catch (GeneralSecurityException | IOException e) {
      throw new StartupException("cannot write certificates to " + directory + ": " + Why.of(e), e);
    }
  }

  private void renewInternal() {
    make(internal(), INTERNAL, "CN=readlens-internal", TEN_YEARS, "-ext", NAMES);
  }

  /** Signs a certificate anew, whatever is left of the one that there is. */
  void renewServer(Validity validity) {
    make(
        server(),
        SERVER,
        "CN=localhost",
        validity,
        "-signer",
        AUTHORITY,
        "-ext",
        NAMES,
        "-ext",
        "eku=serverAuth");
  }

  /** The file holds the new entry alone; keytool finds a signer in a copy of the authority's. */
  private void make(Path file, String alias, String name, Validity validity, String... more) {
    Path made = directory.resolve(alias + ".new");
    try {
      delete(made);
      boolean signed = List.of(more).contains("-signer");
      if (signed) {
        PrivateFiles.write(made, Files.readAllBytes(authority()));
      }
      keytool(made, alias, name, validity, more);
      KeyStore store = load(made);
      if (signed) {
        store.deleteEntry(AUTHORITY);
      }
      store(store, file);
    } catch (GeneralSecurityException | IOException e) {
      throw new StartupException("cannot make " + file + ": " + Why.of(e), e);
    } finally {
      delete(made);
    }
  }

  private void keytool(Path store, String alias, String name, Validity validity, String... more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", name));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(
        List.of(
            "-startdate",
            "-" + validity.startedDaysAgo() + "d",
            "-validity",
            "" + validity.days()));
    // By the environment, for other users see a command line.
    command.addAll(List.of("-storetype", STORE_TYPE, "-storepass:env", "READLENS_STORE"));
    command.addAll(List.of("-keystore", store.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("READLENS_STORE", password);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool: " + said.strip().lines().findFirst().orElse("failed"));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(STORE_TYPE);
    store.load(null, password.toCharArray());
    return store;
  }

  private KeyStore load(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(STORE_TYPE);
      store.load(in, password.toCharArray());
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Whole or not at all, for a start may be cut short. */
  private void store(KeyStore store, Path file) throws GeneralSecurityException, IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (OutputStream out = PrivateFiles.create(part)) {
      store.store(out, password.toCharArray());
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StartupException("cannot delete " + file + ": " + Why.of(e), e);
    }
  }

  private StartupException unreadable(Path file, Exception cause) {
    return new StartupException(
        "cannot read "
            + file
            + " ("
            + cause.getMessage()
            + "): delete "
            + directory
            + " to have new keys, certificates and passwords made",
        cause);
  }
}
