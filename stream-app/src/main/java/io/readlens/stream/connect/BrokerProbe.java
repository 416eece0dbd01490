package io.readlens.stream.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.protocol.Errors;

/**
 * Looks at what answers where a broker should be. One question tells much: a broker that is asked
 * for the SASL mechanism {@code ?} names those that it has, or says that it wants no login.
 *
 * <p>Threading: safe for use by many threads.
 */
final class BrokerProbe {
  private static final String PROTOCOL = CommonClientConfigs.SECURITY_PROTOCOL_CONFIG;
  private static final short SASL_HANDSHAKE = 17;
  private static final int ID = 0x5EAD1E25;
  private static final int LONGEST_ANSWER = 1 << 16;

  private final Map<String, ?> settings;
  private final String protocol;

  /**
   * @param settings of Kafka's client
   */
  BrokerProbe(Map<String, ?> settings) {
    this.settings = settings;
    Object given = settings.get(PROTOCOL);
    this.protocol =
        given == null ? CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL : given.toString();
  }

  /** What was heard: how the server spoke, and which logins it wants if it is a broker. */
  private record Heard(Greeting greeting, Optional<List<String>> mechanisms) {
    boolean isBroker() {
      return greeting == Greeting.KAFKA;
    }
  }

  /** What is wrong there; empty if nothing is, or nothing that can be seen before a login. */
  Optional<Fault> fault(BrokerAddress address) {
    return (usesTls() ? throughTls(address) : plainly(address))
        .map(fault -> fault.of(address.toString()));
  }

  private boolean usesTls() {
    return protocol.endsWith("SSL");
  }

  private boolean logsIn() {
    return protocol.startsWith("SASL");
  }

  private Optional<Fault> throughTls(BrokerAddress address) {
    Endpoint endpoint = address.endpoint();
    if (settings.get(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG) != null) {
      return Optional.empty(); // What this would do cannot be known.
    }
    Tls tls = new Tls(settings, "", "broker");
    Socket plain;
    try {
      plain = endpoint.open();
    } catch (IOException e) {
      return Optional.of(endpoint.unreachable(e, address.setting()));
    }
    try (plain;
        Socket secure = tls.shakeHands(plain, endpoint)) {
      Heard heard = ask(secure);
      return heard.greeting() == Greeting.CLOSED
          ? tls.uninvited("it closes the connection")
          : judge(heard, address);
    } catch (IOException e) {
      Optional<Fault> fault = tls.fault(e);
      return fault.isPresent() || tls.hasCertificate() ? fault : withoutTls(address);
    }
  }

  /** The handshake has failed before the server showed a certificate: what does it speak? */
  private Optional<Fault> withoutTls(BrokerAddress address) {
    try (Socket socket = address.endpoint().open()) {
      Heard heard = ask(socket);
      if (heard.isBroker()) {
        return Optional.of(
            Fault.lasting(
                "it speaks plaintext, and %s is %s; name the broker's TLS port in %s, or set %s=%s"
                    .formatted(
                        PROTOCOL,
                        protocol,
                        address.setting(),
                        PROTOCOL,
                        heard.mechanisms().map(List::isEmpty).orElse(!logsIn())
                            ? "PLAINTEXT"
                            : "SASL_PLAINTEXT")));
      }
      return heard.greeting() == Greeting.TLS ? Optional.empty() : judge(heard, address);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<Fault> plainly(BrokerAddress address) {
    Endpoint endpoint = address.endpoint();
    Heard heard;
    try (Socket socket = endpoint.open()) {
      heard = ask(socket);
    } catch (IOException e) {
      return Optional.of(endpoint.unreachable(e, address.setting()));
    }
    if (heard.isBroker() || heard.greeting() == Greeting.HTTP) {
      return judge(heard, address);
    }
    boolean tls = heard.greeting() == Greeting.TLS || Tls.isSpokenAt(endpoint);
    return tls
        ? Optional.of(
            Fault.lasting(
                "it speaks TLS, and %s is %s; set %s=%s"
                    .formatted(
                        PROTOCOL, protocol, PROTOCOL, logsIn() ? "SASL_SSL" : "SSL or SASL_SSL")))
        : judge(heard, address);
  }

  private Optional<Fault> judge(Heard heard, BrokerAddress address) {
    if (heard.greeting() == Greeting.HTTP) {
      return Optional.of(
          Fault.lasting("an HTTP server answers, not a broker; look at " + address.setting()));
    }
    if (heard.greeting() == Greeting.OTHER) {
      return Optional.of(
          Fault.lasting("something that is no broker answers; look at " + address.setting()));
    }
    if (heard.mechanisms().isEmpty()) {
      return Optional.empty();
    }
    List<String> offered = heard.mechanisms().orElseThrow();
    String change = usesTls() ? "SSL" : "PLAINTEXT";
    if (logsIn() && offered.isEmpty()) {
      return Optional.of(
          Fault.lasting(
              "it asks for no login, and %s is %s; set %s=%s, or name another port in %s"
                  .formatted(PROTOCOL, protocol, PROTOCOL, change, address.setting())));
    }
    if (!logsIn() && !offered.isEmpty()) {
      return Optional.of(
          Fault.lasting(
              "it demands a login (%s), and %s is %s; set %s=SASL_%s, %s and %s"
                  .formatted(
                      String.join(", ", offered),
                      PROTOCOL,
                      protocol,
                      PROTOCOL,
                      change,
                      SaslConfigs.SASL_MECHANISM,
                      SaslConfigs.SASL_JAAS_CONFIG)));
    }
    if (logsIn() && !offered.contains(mechanism(settings))) {
      return Optional.of(
          Fault.lasting(
              "it offers the SASL mechanisms %s and not %s; look at %s"
                  .formatted(
                      String.join(", ", offered),
                      mechanism(settings),
                      SaslConfigs.SASL_MECHANISM)));
    }
    return Optional.empty();
  }

  /** How a client logs in. */
  static String mechanism(Map<String, ?> settings) {
    Object given = settings.get(SaslConfigs.SASL_MECHANISM);
    return given == null ? SaslConfigs.DEFAULT_SASL_MECHANISM : given.toString();
  }

  /** Whether a broker listens there that may be asked without TLS. */
  static boolean isBroker(Endpoint endpoint) {
    try (Socket socket = endpoint.open()) {
      return ask(socket).isBroker();
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks for a mechanism that no broker has. */
  private static Heard ask(Socket socket) throws IOException {
    byte[] client = "readlens".getBytes(UTF_8);
    byte[] mechanism = "?".getBytes(UTF_8);
    ByteBuffer request = ByteBuffer.allocate(128);
    request.putInt(0).putShort(SASL_HANDSHAKE).putShort((short) 1).putInt(ID);
    request.putShort((short) client.length).put(client);
    request.putShort((short) mechanism.length).put(mechanism);
    request.putInt(0, request.position() - Integer.BYTES);
    try {
      socket.getOutputStream().write(request.array(), 0, request.position());
      socket.getOutputStream().flush();
      return hear(socket);
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      return new Heard(Greeting.CLOSED, Optional.empty()); // Reset, which is closed in haste.
    }
  }

  private static Heard hear(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    Optional<byte[]> came = Greeting.read(in, Long.BYTES);
    if (came.isEmpty()) {
      // A server of HTTP may wait for the end of a line.
      socket.getOutputStream().write("\r\n\r\n".getBytes(UTF_8));
      socket.getOutputStream().flush();
      came = Greeting.read(in, Long.BYTES);
    }
    if (came.isEmpty()) {
      return new Heard(Greeting.SILENCE, Optional.empty());
    }
    byte[] start = came.get();
    Greeting greeting = Greeting.of(start);
    if (greeting != Greeting.OTHER || start.length < Long.BYTES) {
      return new Heard(greeting, Optional.empty());
    }
    ByteBuffer head = ByteBuffer.wrap(start);
    int size = head.getInt() - Integer.BYTES;
    if (head.getInt() != ID || size < 0 || size > LONGEST_ANSWER) {
      return new Heard(greeting, Optional.empty());
    }
    return new Heard(Greeting.KAFKA, mechanisms(ByteBuffer.wrap(in.readNBytes(size))));
  }

  /** The logins that a broker offers, none if it wants none; empty if it says something else. */
  private static Optional<List<String>> mechanisms(ByteBuffer answer) {
    List<String> mechanisms = new ArrayList<>();
    try {
      short error = answer.getShort();
      if (error == Errors.ILLEGAL_SASL_STATE.code()) {
        return Optional.of(List.of());
      }
      if (error != Errors.UNSUPPORTED_SASL_MECHANISM.code()) {
        return Optional.empty();
      }
      int count = answer.getInt();
      for (int i = 0; i < count; i++) {
        byte[] name = new byte[answer.getShort()];
        answer.get(name);
        mechanisms.add(new String(name, ISO_8859_1));
      }
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      return Optional.empty();
    }
    return Optional.of(mechanisms);
  }
}
