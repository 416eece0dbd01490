package io.readlens.stream.connect;

import java.util.OptionalInt;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.Node;

/**
 * Where a broker is, and who says so.
 *
 * @param node the broker's id, if the cluster has named the address; empty if the settings have
 */
record BrokerAddress(Endpoint endpoint, OptionalInt node) {
  static BrokerAddress configured(Endpoint endpoint) {
    return new BrokerAddress(endpoint, OptionalInt.empty());
  }

  static BrokerAddress named(Node node) {
    return new BrokerAddress(new Endpoint(node.host(), node.port()), OptionalInt.of(node.id()));
  }

  /** The setting that holds the address, in words. */
  String setting() {
    return node.isEmpty()
        ? CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG
        : "advertised.listeners on that broker";
  }

  /** In words, such as {@code broker kafka:9092}. */
  @Override
  public String toString() {
    return node.isEmpty()
        ? "broker " + endpoint
        : "broker %d of the cluster, which says that it is at %s"
            .formatted(node.getAsInt(), endpoint);
  }
}
