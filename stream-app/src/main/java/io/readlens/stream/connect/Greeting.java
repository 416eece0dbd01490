package io.readlens.stream.connect;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What the first bytes that a server sends say of its protocol. */
enum Greeting {
  /** The connection was closed before a byte came. */
  CLOSED,
  /** No byte came in time. */
  SILENCE,
  TLS,
  HTTP,
  /** A broker's answer; no few bytes tell that. */
  KAFKA,
  OTHER;

  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 3;

  /**
   * @param bytes the first five or more, or as many as came before the end
   */
  static Greeting of(byte[] bytes) {
    if (bytes.length == 0) {
      return CLOSED;
    }
    boolean record = bytes[0] == TLS_ALERT || bytes[0] == TLS_HANDSHAKE;
    if (record && bytes.length > 1 && bytes[1] == TLS_MAJOR) {
      return TLS;
    }
    return new String(bytes, StandardCharsets.ISO_8859_1).startsWith("HTTP/") ? HTTP : OTHER;
  }

  /** The first bytes, fewer if no more come; empty if none comes before the socket's timeout. */
  static Optional<byte[]> read(InputStream in, int wanted) throws IOException {
    byte[] bytes = new byte[wanted];
    int length = 0;
    try {
      int more = in.read(bytes, 0, wanted);
      while (more > 0) {
        length += more;
        more = length < wanted ? in.read(bytes, length, wanted - length) : 0;
      }
    } catch (SocketTimeoutException e) {
      return length == 0 ? Optional.empty() : Optional.of(Arrays.copyOf(bytes, length));
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }
}
