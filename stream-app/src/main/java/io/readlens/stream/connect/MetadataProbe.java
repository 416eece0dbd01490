package io.readlens.stream.connect;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Logs in to one broker as Kafka's clients do, and asks it for the brokers of its cluster. Clients
 * ask the same at their start, and from then on connect to the addresses that they are told; they
 * do not say which these are.
 *
 * <p>Built on Kafka's own network client, which is no public interface: with a new version of Kafka
 * this class may have to change. What else can log in to a broker in all of Kafka's ways goes to
 * the told addresses, too.
 *
 * <p>Threading: safe for use by many threads.
 */
final class MetadataProbe {
  private static final int MILLIS = (int) Endpoint.PATIENCE.toMillis();

  private final Map<String, Object> settings;

  /**
   * @param settings of Kafka's client
   */
  MetadataProbe(Map<String, ?> settings) {
    this.settings = new HashMap<>(settings);
    this.settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "readlens-look");
  }

  /**
   * The brokers that a broker names; none if it does not answer in a few seconds.
   *
   * @throws AuthenticationException if the TLS handshake or the login fails
   */
  Collection<Node> nodes(Endpoint endpoint) {
    Node node = new Node(-1, endpoint.host(), endpoint.port());
    try (Metrics metrics = new Metrics();
        NetworkClient client =
            ClientUtils.createNetworkClient(
                new AdminClientConfig(settings),
                "readlens-look",
                metrics,
                "readlens-look",
                new LogContext(),
                new ApiVersions(),
                Time.SYSTEM,
                1,
                MILLIS,
                null, // Kafka's metadata, which would follow what it is told.
                new ManualMetadataUpdater(List.of(node)),
                new DefaultHostResolver(),
                null,
                null)) {
      if (!NetworkClientUtils.awaitReady(client, node, Time.SYSTEM, MILLIS)) {
        return List.of();
      }
      MetadataRequest.Builder question = new MetadataRequest.Builder(List.of(), false);
      MetadataResponse answer =
          (MetadataResponse)
              NetworkClientUtils.sendAndReceive(
                      client,
                      client.newClientRequest(
                          node.idString(), question, Time.SYSTEM.milliseconds(), true),
                      Time.SYSTEM)
                  .responseBody();
      return answer.brokers();
    } catch (IOException e) {
      return List.of();
    }
  }
}
