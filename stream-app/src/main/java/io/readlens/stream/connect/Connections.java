package io.readlens.stream.connect;

import io.readlens.model.process.Why;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topics.Leaders;
import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one configuration: to Kafka's brokers and to the schema registry.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class Connections {
  /** How long a broker may take before another one is asked. */
  private static final Duration REQUEST = Duration.ofSeconds(5);

  /** What Kafka's client says of hosts that have no address. */
  private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private final Map<String, String> kafka;
  private final Map<String, String> registry;
  private final Patience patience;
  private final Rights rights;
  private final ClusterProbe cluster;
  private final List<String> topics;

  private Connections(
      Map<String, String> kafka,
      Map<String, String> registry,
      Patience patience,
      Rights rights,
      List<String> topics) {
    this.topics = topics;
    this.rights = rights;
    this.cluster = new ClusterProbe(kafka);
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
        new Rights(
            ClusterProbe.user(kafka).map(each -> "user " + each).orElse("this client"),
            config.kafka().getOrDefault("application.id", "")),
        config.topics().all().stream().map(Topic::name).toList());
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
    BrokerWatch watch = BrokerWatch.start(brokers(), settings, cluster::fault);
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
        return refusal(e);
      }
      if (cause instanceof TimeoutException) {
        return cluster.faultOfOne().or(this::leaderless);
      }
    }
    return Optional.empty();
  }

  /** Brokers may answer, and yet partitions wait for one that is down. */
  private Optional<Fault> leaderless() {
    Map<String, Object> settings = new HashMap<>(kafka);
    int millis = (int) REQUEST.toMillis();
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    try (Admin admin = Admin.create(settings)) {
      return Leaders.missing(admin, topics).map(Fault::passing);
    } catch (KafkaException e) {
      return Optional.empty(); // What has failed is said instead.
    }
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
      Collection<Node> named =
          new Watched<>(
                  brokers(),
                  () -> askBrokers(admin, settings),
                  cluster::fault,
                  failure ->
                      failure instanceof AuthenticationException e ? refusal(e) : Optional.empty())
              .await(patience);
      warnOfOthers(named);
    } finally {
      if (admin.get() != null) {
        admin.get().close(Duration.ZERO);
      }
    }
  }

  /**
   * Says what is wrong with brokers that the settings do not name and the cluster does: one of them
   * has answered, and what needs another one may wait for it in vain.
   */
  private void warnOfOthers(Collection<Node> named) {
    Object unused =
        Together.onThread("readlens-look", () -> cluster.faultOfOne(named))
            .thenAccept(
                fault ->
                    fault
                        .filter(each -> !each.is(Fault.Kind.SILENCE))
                        .ifPresent(
                            each ->
                                LOG.warn(
                                    "{} (what needs this broker waits)",
                                    ConnectionException.oneLine(each.words()))));
  }

  /** Kafka's client does not even start before it knows one of the hosts. */
  private CompletableFuture<Collection<Node>> askBrokers(
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

  /** What a refusal means; of one broker of several, perhaps. */
  private Optional<Fault> refusal(AuthenticationException refusal) {
    return cluster
        .faultOfOne()
        .filter(fault -> fault.is(Fault.Kind.LASTING))
        .or(() -> Optional.of(cluster.refusal(refusal).of(brokers())));
  }

  private String brokers() {
    return "brokers " + kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
  }

  private void requireRegistry() {
    Object unused =
        new Watched<>(
                "registry " + registry.get(RegistryProbe.URL),
                () -> Together.onThread("readlens-registry", this::askRegistry),
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

  private Optional<Fault> lookAtRegistry() {
    RegistryProbe probe = new RegistryProbe(registry);
    return Fault.ofAll(
        Together.look(probe.addresses(), probe::fault).stream()
            .map(each -> each.flatMap(fault -> fault))
            .toList());
  }
}
