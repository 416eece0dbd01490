package io.readlens.stream.connect;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/** A server on the loopback address that answers the first words of each connection. */
final class TinyServer implements AutoCloseable {
  /** Answers what is asked over one connection. */
  interface Dialogue {
    void answer(InputStream in, Socket socket) throws IOException;
  }

  private static final short NO_SUCH_MECHANISM = 33;
  private static final short NO_LOGIN_WANTED = 34;

  private final ServerSocket server;
  private final Dialogue dialogue;

  private TinyServer(ServerSocket server, Dialogue dialogue) {
    this.server = server;
    this.dialogue = dialogue;
    Thread thread = new Thread(this::serve, "tiny-server");
    thread.setDaemon(true);
    thread.start();
  }

  static TinyServer plain(Dialogue dialogue) throws IOException {
    return new TinyServer(new ServerSocket(0, 50, InetAddress.getByName("localhost")), dialogue);
  }

  /**
   * @param demanding a certificate of the client
   */
  static TinyServer tls(SSLContext tls, boolean demanding, Dialogue dialogue) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("localhost"));
    server.setNeedClientAuth(demanding);
    return new TinyServer(server, dialogue);
  }

  /** A broker that is asked for a SASL mechanism; it wants no login if it has none. */
  static Dialogue broker(String... mechanisms) {
    return (in, socket) -> {
      DataInputStream data = new DataInputStream(in);
      int size = data.readInt();
      if (size > 1000) {
        return; // No request: a broker closes.
      }
      ByteBuffer request = ByteBuffer.wrap(data.readNBytes(size));
      ByteBuffer answer = ByteBuffer.allocate(1000);
      answer.putInt(0).putInt(request.getInt(Integer.BYTES));
      answer.putShort(mechanisms.length == 0 ? NO_LOGIN_WANTED : NO_SUCH_MECHANISM);
      answer.putInt(mechanisms.length);
      for (String each : List.of(mechanisms)) {
        answer.putShort((short) each.length()).put(each.getBytes(StandardCharsets.UTF_8));
      }
      answer.putInt(0, answer.position() - Integer.BYTES);
      socket.getOutputStream().write(answer.array(), 0, answer.position());
    };
  }

  /** A broker that wants no login and is asked for the brokers of its cluster. */
  static Dialogue cluster(List<Node> nodes) {
    return (in, socket) -> {
      DataInputStream data = new DataInputStream(in);
      while (true) {
        int size = data.readInt();
        if (size > 1000) {
          return; // No request: a broker closes.
        }
        RequestHeader header = RequestHeader.parse(ByteBuffer.wrap(data.readNBytes(size)));
        ResponseHeader head = header.toResponseHeader();
        ByteBuffer answer =
            RequestUtils.serialize(
                head.data(),
                head.headerVersion(),
                answer(header.apiKey(), nodes),
                header.apiVersion());
        ByteBuffer all = ByteBuffer.allocate(Integer.BYTES + answer.remaining());
        all.putInt(answer.remaining()).put(answer);
        socket.getOutputStream().write(all.array());
      }
    };
  }

  private static ApiMessage answer(ApiKeys question, List<Node> nodes) {
    if (question == ApiKeys.SASL_HANDSHAKE) {
      return new SaslHandshakeResponseData().setErrorCode(NO_LOGIN_WANTED);
    }
    if (question == ApiKeys.API_VERSIONS) {
      ApiVersionsResponseData versions = new ApiVersionsResponseData();
      for (ApiKeys each : List.of(ApiKeys.API_VERSIONS, ApiKeys.METADATA)) {
        versions
            .apiKeys()
            .add(
                new ApiVersion()
                    .setApiKey(each.id)
                    .setMinVersion(each.oldestVersion())
                    .setMaxVersion(each.latestVersion()));
      }
      return versions;
    }
    MetadataResponseData metadata = new MetadataResponseData().setClusterId("tiny");
    nodes.forEach(
        node ->
            metadata
                .brokers()
                .add(
                    new MetadataResponseBroker()
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())));
    return metadata;
  }

  /** An HTTP server of one answer. */
  static Dialogue http(String status, String type, String body) {
    return (in, socket) -> {
      int first = in.read();
      if (first != 'G') {
        return; // Not GET: closes.
      }
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 %s\r\nServer: tiny\r\nContent-Type: %s\r\nLocation: http://there/\r\n\r\n%s"
                  .formatted(status, type, body)
                  .getBytes(StandardCharsets.UTF_8));
    };
  }

  int port() {
    return server.getLocalPort();
  }

  Endpoint endpoint() {
    return new Endpoint("localhost", port());
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        dialogue.answer(socket.getInputStream(), socket);
      } catch (IOException e) {
        // The client's, or the end.
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
