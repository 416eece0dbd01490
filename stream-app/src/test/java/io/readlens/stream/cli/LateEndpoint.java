package io.readlens.stream.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A port that leads to another one, once it is opened. Before, it refuses connections, as a server
 * does that is still starting, or takes them and says nothing, as one does that is busy.
 */
public final class LateEndpoint implements AutoCloseable {
  private final int target;
  private final int port;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  private LateEndpoint(int target, int port) {
    this.target = target;
    this.port = port;
  }

  /** Refuses connections until it is opened. */
  public static LateEndpoint refusing(int target) throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new LateEndpoint(target, probe.getLocalPort());
    }
  }

  /** Takes connections, and hands on nothing until it is opened. */
  public static LateEndpoint silent(int target) throws IOException {
    LateEndpoint endpoint = refusing(target);
    endpoint.listen();
    return endpoint;
  }

  public int port() {
    return port;
  }

  boolean isOpen() {
    return opened.getCount() == 0;
  }

  /** From now on all is handed on. Idempotent. */
  public synchronized void open() {
    if (isOpen()) {
      return;
    }
    if (open.isEmpty()) {
      listen();
    }
    opened.countDown();
  }

  private void listen() {
    try {
      ServerSocket server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      open.add(server);
      start(() -> accept(server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket server) throws Exception {
    while (true) {
      Socket client = server.accept();
      open.add(client);
      start(() -> join(client));
    }
  }

  private void join(Socket client) throws Exception {
    opened.await();
    Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
    open.add(there);
    start(() -> pump(client, there));
    pump(there, client);
  }

  private static void pump(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    }
  }

  /** Something that ends with an exception when its socket is closed. */
  private interface Task {
    void run() throws Exception;
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Exception e) {
                // The other side, or the test, has ended it.
              }
            },
            "late-endpoint");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
