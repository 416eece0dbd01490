package io.readlens.stream.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1.
 *
 * <p>Free ports are looked for below 32768, where no common system takes the ports of outgoing
 * connections from. A port from that range stays free while a killed broker is down; one handed out
 * by the system for port 0 may meanwhile become the source port of a client's own attempt to
 * reconnect, and then the broker cannot have it back.
 */
final class Loopback {
  static final String HOST = "127.0.0.1";

  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_767;
  private static final int ATTEMPTS = 200;
  private static final int CONNECT_LIMIT_MILLIS = 1000;

  private Loopback() {}

  /** A port that was free a moment ago: whoever binds it must still expect to find it taken. */
  static int freePort() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = random.nextInt(LOWEST, HIGHEST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new StartupException(
        "no free port between " + LOWEST + " and " + HIGHEST + " on " + HOST);
  }

  /** The address as clients write it: {@code 127.0.0.1:port}. */
  static String at(int port) {
    return HOST + ":" + port;
  }

  static InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1}), port);
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As Kafka and the JDK's HTTP server bind: connections in TIME_WAIT do not count.
      socket.setReuseAddress(true);
      socket.bind(address(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static boolean acceptsConnections(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), CONNECT_LIMIT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
