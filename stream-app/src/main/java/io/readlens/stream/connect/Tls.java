package io.readlens.stream.connect;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * TLS as a client's {@code ssl.*} settings have it, which remembers what the server has shown and
 * asked for.
 *
 * <p>Threading: one thread; one connection each.
 */
final class Tls {
  private static final String ALGORITHM = SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG;

  /** Kinds of names in a certificate, RFC 5280. */
  private static final Integer DNS = 2;

  private static final Integer ADDRESS = 7;

  private final Map<String, Object> settings;
  private final String prefix;
  private final String server;
  private final KeyStore trusted;
  private final KeyStore own;
  private X509Certificate[] shown = {};
  private CertificateException doubt;
  private boolean asked;

  /**
   * @param settings {@code ssl.*}, without prefix; others are left alone
   * @param prefix what the settings' names begin with where the user writes them
   * @param server what to call the server: broker, registry
   * @throws org.apache.kafka.common.KafkaException if a store cannot be read
   */
  Tls(Map<String, ?> settings, String prefix, String server) {
    this.settings = new ConfigDef().withClientSslSupport().parse(settings);
    this.prefix = prefix;
    this.server = server;
    try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
      stores.configure(this.settings);
      trusted = stores.truststore();
      own = stores.keystore();
    }
  }

  /** Whether a server speaks TLS, whoever it may be. */
  static boolean isSpokenAt(Endpoint endpoint) {
    Tls anyone = new Tls(Map.of(), "", "server");
    try (Socket socket = endpoint.open()) {
      anyone.shakeHands(socket, endpoint).close();
      return true;
    } catch (IOException e) {
      return anyone.hasCertificate();
    }
  }

  /**
   * Shakes hands over a connection.
   *
   * @throws IOException if that fails; {@link #fault} then says why
   */
  SSLSocket shakeHands(Socket socket, Endpoint endpoint) throws IOException {
    SSLSocket secure =
        (SSLSocket)
            context()
                .getSocketFactory()
                .createSocket(socket, endpoint.host(), endpoint.port(), true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm((String) settings.get(ALGORITHM));
    secure.setSSLParameters(parameters);
    List<?> protocols = (List<?>) settings.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG);
    if (protocols != null) {
      secure.setEnabledProtocols(protocols.stream().map(String::valueOf).toArray(String[]::new));
    }
    List<?> ciphers = (List<?>) settings.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG);
    if (ciphers != null && !ciphers.isEmpty()) {
      secure.setEnabledCipherSuites(ciphers.stream().map(String::valueOf).toArray(String[]::new));
    }
    secure.startHandshake();
    return secure;
  }

  private SSLContext context() throws IOException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      Optional<X509ExtendedTrustManager> truster =
          Stream.of(trust.getTrustManagers())
              .filter(X509ExtendedTrustManager.class::isInstance)
              .map(X509ExtendedTrustManager.class::cast)
              .findFirst();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new Witness(keys())},
          new TrustManager[] {new Doubter(truster.orElseThrow())},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private Optional<X509ExtendedKeyManager> keys() throws GeneralSecurityException {
    if (own == null) {
      return Optional.empty();
    }
    Password password = (Password) settings.get(SslConfigs.SSL_KEY_PASSWORD_CONFIG);
    if (password == null) {
      password = (Password) settings.get(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, password == null ? null : password.value().toCharArray());
    return Stream.of(keys.getKeyManagers())
        .filter(X509ExtendedKeyManager.class::isInstance)
        .map(X509ExtendedKeyManager.class::cast)
        .findFirst();
  }

  /** The server's certificate has been seen. */
  boolean hasCertificate() {
    return shown.length > 0;
  }

  /**
   * What a failure of the handshake, or of the first words after it, means; empty if TLS is not
   * what failed, or the server said nothing that is TLS.
   */
  Optional<Fault> fault(IOException failure) {
    if (doubt != null) {
      return Optional.of(Fault.lasting(doubted()));
    }
    String said = String.valueOf(failure.getMessage());
    if (failure instanceof SSLException || failure instanceof SocketException) {
      Optional<Fault> uninvited = uninvited(said);
      if (uninvited.isPresent()) {
        return uninvited;
      }
    }
    if (said.matches(".*(protocol_version|protocol version|handshake_failure|security).*")) {
      return Optional.of(
          Fault.lasting(
              "no TLS version or cipher in common with the %s (%s); look at %sssl.enabled.protocols and %sssl.cipher.suites"
                  .formatted(server, said, prefix, prefix)));
    }
    if (said.contains("alert")) {
      return Optional.of(
          Fault.lasting(
              "the %s ends the TLS handshake (%s); look at the address and at %sssl.*"
                  .formatted(server, said, prefix)));
    }
    return Optional.empty();
  }

  /**
   * What it means that the server ends the connection: if it has asked for a certificate, it did
   * not like what it got. Whether it still says so in TLS is a matter of chance.
   *
   * @param said by the server, or of the connection
   */
  Optional<Fault> uninvited(String said) {
    if (shown.length == 0 || !asked) {
      return Optional.empty();
    }
    String keystore = prefix + SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG;
    return Optional.of(
        Fault.lasting(
            own == null
                ? "the %s demands a client certificate, and none is configured; set %s"
                    .formatted(server, keystore)
                : "the %s refuses the client certificate (%s); look at %s"
                    .formatted(server, said, keystore)));
  }

  private String doubted() {
    for (int i = 0; i < shown.length; i++) {
      X509Certificate each = shown[i];
      String whose = i == 0 ? "its certificate" : "a CA of its certificate";
      String name = whose + " (" + each.getSubjectX500Principal().getName() + ") ";
      String advice = "; renew it at the " + server;
      if (doubtIs(CertificateExpiredException.class) && each.getNotAfter().before(new Date())) {
        return name + "expired on " + day(each.getNotAfter()) + advice;
      }
      if (doubtIs(CertificateNotYetValidException.class) && each.getNotBefore().after(new Date())) {
        return name
            + "is valid only from "
            + day(each.getNotBefore())
            + "; look at this machine's clock, or"
            + advice.substring(1);
      }
    }
    // The name is looked at only in a certificate that is trusted.
    if (String.valueOf(doubt.getMessage()).matches("(?s)No (subject|name).*")) {
      return "its certificate is for %s and not for this host; name the %s so, or give it a certificate with this name"
          .formatted(String.join(", ", names()), server);
    }
    String issuer = shown[shown.length - 1].getIssuerX500Principal().getName();
    String setting = prefix + SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG;
    Object location = settings.get(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);
    if (trusted == null) {
      return "its certificate is signed by %s, which Java's own truststore does not know, and no other is configured; set %s"
          .formatted(issuer, setting);
    }
    return "its certificate is signed by %s, which %s does not hold; look at %s"
        .formatted(
            issuer,
            location == null ? prefix + SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG : location,
            location == null ? prefix + SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG : setting);
  }

  private boolean doubtIs(Class<? extends CertificateException> kind) {
    return Stream.iterate((Throwable) doubt, each -> each != null, Throwable::getCause)
        .anyMatch(kind::isInstance);
  }

  private static String day(Date date) {
    return date.toInstant().atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  /** Those that clients look at, else the subject. */
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> alternatives = shown[0].getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.stream()
            .filter(each -> each.get(0).equals(DNS) || each.get(0).equals(ADDRESS))
            .forEach(each -> names.add(String.valueOf(each.get(1))));
      }
    } catch (CertificateParsingException e) {
      // Then its subject must do.
    }
    if (names.isEmpty()) {
      names.add(shown[0].getSubjectX500Principal().getName());
    }
    return names;
  }

  /** Trusts whom the settings trust, and remembers. */
  private final class Doubter extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager truster;

    Doubter(X509ExtendedTrustManager truster) {
      this.truster = truster;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      shown = chain.clone();
      try {
        truster.checkServerTrusted(chain, authType, socket);
      } catch (CertificateException e) {
        doubt = e;
        throw e;
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      truster.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      truster.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      truster.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      truster.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      truster.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return truster.getAcceptedIssuers();
    }
  }

  /** Shows the client's own certificate if there is one, and remembers being asked. */
  private final class Witness extends X509ExtendedKeyManager {
    private final Optional<X509ExtendedKeyManager> keys;

    Witness(Optional<X509ExtendedKeyManager> keys) {
      this.keys = keys;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      asked = true;
      return keys.map(all -> all.chooseClientAlias(types, issuers, socket)).orElse(null);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return keys.map(all -> all.getClientAliases(type, issuers)).orElse(null);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys.map(all -> all.getCertificateChain(alias)).orElse(null);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.map(all -> all.getPrivateKey(alias)).orElse(null);
    }
  }
}
