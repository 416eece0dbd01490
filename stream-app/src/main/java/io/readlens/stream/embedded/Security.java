package io.readlens.stream.embedded;

import io.readlens.model.process.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * What makes a broker and its registry secure: certificates, and a user for each with a password,
 * drawn at random. All is kept in a directory and found there again.
 *
 * @param certificates what both show and what clients trust
 * @param brokerPassword of {@link #USER} at the broker
 * @param registryPassword of {@link #USER} at the registry
 */
record Security(Certificates certificates, String brokerPassword, String registryPassword) {
  static final String USER = "readlens";
  static final String MECHANISM = "SCRAM-SHA-512";

  private static final String LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int PASSWORD_LENGTH = 24;
  private static final int SCRAM_ITERATIONS = 4096;

  /**
   * Finds it or makes it, and renews certificates that have expired.
   *
   * @param directory made where it is missing
   * @throws StartupException when it cannot be made or read
   */
  static Security in(Path directory) {
    Path file = directory.resolve("passwords.properties");
    Properties passwords = new Properties();
    try {
      PrivateFiles.createDirectory(directory);
      if (Files.exists(file)) {
        try (InputStream in = Files.newInputStream(file)) {
          passwords.load(in);
        }
      }
      boolean drawn = false;
      for (String name : new String[] {"stores", "broker", "registry"}) {
        drawn |= passwords.putIfAbsent(name, password()) == null;
      }
      if (drawn) {
        StringBuilder lines = new StringBuilder();
        new TreeMap<>(passwords)
            .forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
        PrivateFiles.write(file, lines.toString());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartupException("cannot keep passwords in " + file + ": " + Why.of(e), e);
    }
    return new Security(
        Certificates.in(directory, passwords.getProperty("stores")),
        passwords.getProperty("broker"),
        passwords.getProperty("registry"));
  }

  /** What a client of the broker is given beside the address. */
  Map<String, String> brokerClient() {
    return brokerClient(USER, brokerPassword);
  }

  /** The same for another of the broker's users. */
  Map<String, String> brokerClient(String user, String password) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        MECHANISM,
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password),
        "ssl.truststore.location",
        truststore(),
        "ssl.truststore.password",
        certificates.password(),
        "ssl.truststore.type",
        Certificates.STORE_TYPE);
  }

  /** Makes the broker's user known to it; a user of an older password gets this one. */
  void createUser(Admin admin) throws ExecutionException, InterruptedException {
    createUser(admin, USER, brokerPassword);
  }

  /** The same for another user. */
  static void createUser(Admin admin, String user, String password)
      throws ExecutionException, InterruptedException {
    admin
        .alterUserScramCredentials(
            List.of(
                new UserScramCredentialUpsertion(
                    user,
                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS),
                    password)))
        .all()
        .get();
  }

  /** What a client of the registry is given beside the address. */
  Map<String, String> registryClient() {
    return registryClient(USER, registryPassword);
  }

  /** The same for another of the registry's users. */
  Map<String, String> registryClient(String user, String password) {
    return Map.of(
        "basic.auth.credentials.source",
        "USER_INFO",
        "basic.auth.user.info",
        user + ":" + password,
        "schema.registry.ssl.truststore.location",
        truststore(),
        "schema.registry.ssl.truststore.password",
        certificates.password(),
        "schema.registry.ssl.truststore.type",
        Certificates.STORE_TYPE);
  }

  /** What a client that is built on librdkafka is given beside the address. */
  Map<String, String> librdkafka() {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        MECHANISM,
        "sasl.username",
        USER,
        "sasl.password",
        brokerPassword,
        "ssl.ca.location",
        certificates.pem().toAbsolutePath().toString());
  }

  RegistryAccess registryAccess() {
    return new RegistryAccess(
        certificates.serverContext(),
        List.of(new RegistryAccess.User(USER, registryPassword, true)));
  }

  private String truststore() {
    return certificates.truststore().toAbsolutePath().toString();
  }

  private static String password() {
    SecureRandom random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return password.toString();
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "Security[" + certificates.truststore().getParent() + "]";
  }
}
