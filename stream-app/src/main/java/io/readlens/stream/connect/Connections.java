package io.readlens.stream.connect;

import io.readlens.model.process.Why;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SaslAuthenticationException;

/**
 * The connections of one configuration: to Kafka's brokers and to the schema registry.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class Connections {
  /** All servers are looked at together, each for as long as its few steps may take. */
  private static final Duration LOOK = Endpoint.PATIENCE.multipliedBy(2);

  /** How long a broker may take before another one is asked. */
  private static final Duration REQUEST = Duration.ofSeconds(5);

  /** What Kafka's client says of hosts that have no address. */
  private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

  private static final Pattern USER = Pattern.compile("username\\s*=\\s*\"?([^\"\\s;]+)");

  private final Map<String, String> kafka;
  private final Map<String, String> registry;
  private final Patience patience;
  private final Rights rights;

  private Connections(
      Map<String, String> kafka, Map<String, String> registry, Patience patience, Rights rights) {
    this.rights = rights;
    this.kafka = kafka;
    this.registry = registry;
    this.patience = patience;
  }

  /** Connects to nothing yet. */
  public static Connections of(AppConfig config) {
    Map<String, String> kafka = config.adminProperties();
    return new Connections(
        Map.copyOf(kafka),
        Map.copyOf(config.registry()),
        config.patience(),
        new Rights(login(kafka), config.kafka().getOrDefault("application.id", "")));
  }

  /** Who logs in, in words. */
  private static String login(Map<String, String> kafka) {
    Matcher user = USER.matcher(kafka.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
    return user.find() ? "user " + user.group(1) : "this client";
  }

  /**
   * Does something that needs brokers and registry, having made sure that both answer. Brokers that
   * go away meanwhile are spoken of, and a failure is put into the same words.
   *
   * @throws ConnectionException if one of them cannot be used
   */
  public <T> T use(Callable<T> work) throws Exception {
    requireBrokers();
    requireRegistry();
    Map<String, Object> settings = new HashMap<>(kafka);
    BrokerWatch watch = BrokerWatch.start(brokers(), settings, this::lookAtBrokers);
    try {
      return speakingFor(work);
    } finally {
      watch.close();
    }
  }

  /** The same with the brokers only. */
  public <T> T useBrokers(Callable<T> work) throws Exception {
    requireBrokers();
    return speakingFor(work);
  }

  private <T> T speakingFor(Callable<T> work) throws Exception {
    try {
      return work.call();
    } catch (Exception e) {
      Optional<Fault> forbidden = rights.fault(e).map(fault -> fault.of(brokers()));
      if (forbidden.isPresent()) {
        throw new ConnectionException(forbidden.get().words(), e);
      }
      Optional<Fault> fault = fault(e);
      if (fault.isPresent()) {
        throw new ConnectionException(fault.get().words() + "; " + Why.of(e), e);
      }
      throw e;
    }
  }

  /** What is behind an error, if brokers or registry are. */
  private Optional<Fault> fault(Throwable error) {
    List<Throwable> causes =
        Stream.iterate(error, each -> each != null, Throwable::getCause).toList();
    for (Throwable cause : causes) {
      if (cause instanceof ConnectionException) {
        return Optional.empty(); // It is said already.
      }
      if (cause instanceof RegistryException) {
        return lookAtRegistry();
      }
      if (cause instanceof AuthenticationException e) {
        return lookAtBrokers().or(() -> refusal(e));
      }
      if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        return lookAtBrokers();
      }
    }
    return Optional.empty();
  }

  private void requireBrokers() {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
        Math.toIntExact(patience.limit().multipliedBy(2).toMillis()));
    settings.put(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
        (int) Math.min(patience.limit().toMillis(), REQUEST.toMillis()));
    AtomicReference<Admin> admin = new AtomicReference<>();
    try {
      new Watched(
              brokers(),
              () -> askBrokers(admin, settings),
              this::lookAtBrokers,
              failure ->
                  failure instanceof AuthenticationException e ? refusal(e) : Optional.empty())
          .await(patience);
    } finally {
      if (admin.get() != null) {
        admin.get().close(Duration.ZERO);
      }
    }
  }

  /** Kafka's client does not even start before it knows one of the hosts. */
  private CompletableFuture<?> askBrokers(
      AtomicReference<Admin> admin, Map<String, Object> settings) {
    try {
      if (admin.get() == null) {
        admin.set(Admin.create(settings));
      }
    } catch (KafkaException e) {
      if (Why.of(e).contains(UNKNOWN_HOSTS)) {
        return CompletableFuture.failedFuture(e);
      }
      throw new ConnectionException("Kafka's client cannot start: " + Why.of(e), e);
    }
    return admin.get().describeCluster().nodes().toCompletionStage().toCompletableFuture();
  }

  private String brokers() {
    return "brokers " + kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
  }

  private void requireRegistry() {
    new Watched(
            "registry " + registry.get(RegistryProbe.URL),
            () -> onThread("readlens-registry", this::askRegistry),
            this::lookAtRegistry,
            failure ->
                failure.getCause() instanceof IOException
                    ? Optional.empty()
                    : Optional.of(Fault.lasting(Why.of(failure)).of("registry")))
        .await(patience);
  }

  private Object askRegistry() {
    try (Registry asked = Registry.connect(registry)) {
      asked.requireAnswer();
    }
    return "";
  }

  private Optional<Fault> lookAtBrokers() {
    BrokerProbe probe = new BrokerProbe(kafka);
    return look(endpoints(), probe::fault);
  }

  private Optional<Fault> lookAtRegistry() {
    RegistryProbe probe = new RegistryProbe(registry);
    return look(probe.addresses(), probe::fault);
  }

  /** Looks at all servers at once. */
  private static <S> Optional<Fault> look(List<S> servers, Function<S, Optional<Fault>> probe) {
    List<CompletableFuture<Optional<Fault>>> looks =
        servers.stream().map(each -> onThread("readlens-look", () -> probe.apply(each))).toList();
    long deadline = System.nanoTime() + LOOK.toNanos();
    List<Optional<Fault>> faults = new ArrayList<>();
    for (CompletableFuture<Optional<Fault>> look : looks) {
      try {
        faults.add(look.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        faults.add(Optional.empty());
      } catch (ExecutionException e) {
        // What the clients say of the same setting is said instead.
        faults.add(Optional.empty());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return Fault.ofAll(faults);
  }

  private static <T> CompletableFuture<T> onThread(String name, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.get());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private List<Endpoint> endpoints() {
    return Stream.of(kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG).split(","))
        .map(String::strip)
        .filter(each -> each.matches(".+:\\d{1,5}"))
        .map(
            each -> {
              int colon = each.lastIndexOf(':');
              String host = each.substring(0, colon).replaceAll("^.*://|[\\[\\]]", "");
              return new Endpoint(host, Integer.parseInt(each.substring(colon + 1)));
            })
        .toList();
  }

  /** What a broker's refusal means where the connection itself has no fault. */
  private Optional<Fault> refusal(AuthenticationException refusal) {
    String brokers = "broker " + kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    if (!(refusal instanceof SaslAuthenticationException)) {
      return Optional.of(
          Fault.lasting("TLS fails: " + Why.of(refusal) + "; look at ssl.*").of(brokers));
    }
    String mechanism = BrokerProbe.mechanism(kafka);
    Matcher user = USER.matcher(kafka.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
    boolean password = mechanism.startsWith("SCRAM") || mechanism.equals("PLAIN");
    String who = user.find() ? " of user " + user.group(1) : "";
    return Optional.of(
        Fault.lasting(
                "it refuses the login%s by %s: %s; look at %s"
                    .formatted(
                        who,
                        mechanism,
                        password ? "wrong name or password" : Why.of(refusal),
                        SaslConfigs.SASL_JAAS_CONFIG))
            .of(brokers));
  }
}
