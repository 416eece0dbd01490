package io.readlens.stream.connect;

import io.readlens.model.process.Why;
import io.readlens.stream.connect.Fault.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/**
 * Looks at the brokers of a cluster: at those of {@code bootstrap.servers}, and at those that these
 * name. Clients ask the first only for the second, and then work with the second alone; so all that
 * is asked of the first is asked of the second, too.
 *
 * <p>Threading: safe for use by many threads.
 */
final class ClusterProbe {
  private static final Pattern USER = Pattern.compile("username\\s*=\\s*\"?([^\"\\s;]+)");

  /** What brokers say of a name or password that is wrong; they say no more than that. */
  private static final Pattern WRONG_PASSWORD =
      Pattern.compile(
          "Authentication failed(: Invalid username or password"
              + "| during authentication due to invalid credentials with SASL mechanism \\S+)");

  private final Map<String, String> settings;
  private final BrokerProbe probe;
  private final MetadataProbe metadata;

  /**
   * @param settings of Kafka's client
   */
  ClusterProbe(Map<String, String> settings) {
    this.settings = settings;
    this.probe = new BrokerProbe(settings);
    this.metadata = new MetadataProbe(settings);
  }

  /** What was seen of a broker: a fault, or the brokers that it names. */
  private record Seen(Optional<Fault> fault, Collection<Node> names) {
    static Seen at(Fault fault) {
      return new Seen(Optional.of(fault), List.of());
    }
  }

  /** What keeps clients from all brokers; empty if a broker has no fault that can be seen. */
  Optional<Fault> fault() {
    Map<Endpoint, Seen> configured = look(configured());
    Optional<Fault> first = Fault.ofAll(faults(configured));
    return first.isPresent() ? first : Fault.ofAll(faults(named(configured)));
  }

  /**
   * What keeps clients from one of the brokers, which is enough for work to fail that needs just
   * this one. An address of {@code bootstrap.servers} is needed by nobody while another one serves.
   */
  Optional<Fault> faultOfOne() {
    Map<Endpoint, Seen> configured = look(configured());
    return Fault.ofOne(faults(named(configured)))
        .or(() -> Fault.ofAll(faults(configured)))
        .or(() -> Fault.ofOne(faults(configured)).filter(fault -> fault.is(Kind.LASTING)));
  }

  /**
   * The same, where the brokers have been named already.
   *
   * @return empty if all of them are those of {@code bootstrap.servers}
   */
  Optional<Fault> faultOfOne(Collection<Node> named) {
    List<Endpoint> known = configured().stream().map(BrokerAddress::endpoint).toList();
    List<BrokerAddress> others =
        named.stream()
            .map(BrokerAddress::named)
            .filter(each -> !known.contains(each.endpoint()))
            .toList();
    return Fault.ofOne(faults(look(others)));
  }

  /** What was seen of those that the configured ones name, looked at unless they are the same. */
  private Map<Endpoint, Seen> named(Map<Endpoint, Seen> configured) {
    Map<Endpoint, BrokerAddress> others = new LinkedHashMap<>();
    Map<Endpoint, Seen> seen = new LinkedHashMap<>();
    for (Seen each : configured.values()) {
      for (Node node : each.names()) {
        BrokerAddress address = BrokerAddress.named(node);
        Seen known = configured.get(address.endpoint());
        if (known == null) {
          others.putIfAbsent(address.endpoint(), address);
        } else {
          seen.put(address.endpoint(), known);
        }
      }
    }
    seen.putAll(look(others.values()));
    return seen;
  }

  private Map<Endpoint, Seen> look(Collection<BrokerAddress> addresses) {
    Map<Endpoint, Seen> all = new LinkedHashMap<>();
    List<Optional<Seen>> seen = Together.look(addresses, this::look);
    int next = 0;
    for (BrokerAddress address : addresses) {
      all.put(address.endpoint(), seen.get(next++).orElseGet(() -> silent(address)));
    }
    return all;
  }

  private Seen look(BrokerAddress address) {
    Optional<Fault> fault = probe.fault(address);
    if (fault.isPresent()) {
      return Seen.at(fault.get());
    }
    try {
      Collection<Node> names = metadata.nodes(address.endpoint());
      return names.isEmpty() ? silent(address) : new Seen(Optional.empty(), names);
    } catch (AuthenticationException e) {
      return Seen.at(refusal(e).of(address.toString()));
    }
  }

  private static Seen silent(BrokerAddress address) {
    return Seen.at(
        Fault.silence(
                "no answer, though it takes connections; is it busy, or is %s not right?"
                    .formatted(address.setting()))
            .of(address.toString()));
  }

  private static List<Optional<Fault>> faults(Map<Endpoint, Seen> seen) {
    return seen.values().stream().map(Seen::fault).toList();
  }

  private List<BrokerAddress> configured() {
    return Stream.of(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG).split(","))
        .map(String::strip)
        .filter(each -> each.matches(".+:\\d{1,5}"))
        .map(
            each -> {
              int colon = each.lastIndexOf(':');
              String host = each.substring(0, colon).replaceAll("^.*://|[\\[\\]]", "");
              return BrokerAddress.configured(
                  new Endpoint(host, Integer.parseInt(each.substring(colon + 1))));
            })
        .toList();
  }

  /** Who logs in. */
  static Optional<String> user(Map<String, String> settings) {
    Matcher user = USER.matcher(settings.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
    return user.find() ? Optional.of(user.group(1)) : Optional.empty();
  }

  /** What a broker's refusal means where the connection itself has no fault. */
  Fault refusal(AuthenticationException refusal) {
    String words = Why.of(refusal);
    if (refusal instanceof SslAuthenticationException) {
      return Fault.lasting("TLS fails: " + words + "; look at ssl.*");
    }
    if (refusal instanceof UnsupportedSaslMechanismException) {
      return Fault.lasting(words + "; look at " + SaslConfigs.SASL_MECHANISM);
    }
    boolean password = WRONG_PASSWORD.matcher(String.valueOf(refusal.getMessage())).matches();
    return Fault.lasting(
        "it refuses the login%s by %s: %s; look at %s"
            .formatted(
                user(settings).map(each -> " of user " + each).orElse(""),
                BrokerProbe.mechanism(settings),
                password ? "wrong name or password" : words,
                SaslConfigs.SASL_JAAS_CONFIG));
  }
}
