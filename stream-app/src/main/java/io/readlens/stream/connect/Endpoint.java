package io.readlens.stream.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/** Where a server listens. */
record Endpoint(String host, int port) {
  /** How long a server may take to accept a connection, and again to answer. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Connects, and has reads end after {@link #PATIENCE}. */
  Socket open() throws IOException {
    int millis = (int) PATIENCE.toMillis();
    IOException failure = null;
    for (InetAddress address : InetAddress.getAllByName(host)) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), millis);
        socket.setSoTimeout(millis);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = failure == null ? e : failure;
      }
    }
    throw failure;
  }

  /**
   * Why {@link #open} has failed.
   *
   * @param setting what says where the server is
   */
  Fault unreachable(IOException failure, String setting) {
    String cause;
    if (failure instanceof UnknownHostException) {
      return Fault.passing(
          "no host named %s is known; look at %s, or let this machine resolve the name"
              .formatted(host, setting));
    } else if (failure instanceof SocketTimeoutException) {
      cause =
          "no answer to a connection in %d s (a wrong address, or a firewall)"
              .formatted(PATIENCE.toSeconds());
    } else if (failure instanceof NoRouteToHostException) {
      cause = "no route to this host";
    } else if (String.valueOf(failure.getMessage()).contains("refused")) {
      cause = "connection refused, nothing listens there";
    } else {
      cause = "cannot connect: " + failure.getMessage();
    }
    return Fault.passing(cause + "; is it running, and is " + setting + " right?");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
