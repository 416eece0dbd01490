package io.readlens.stream.connect;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What is wrong with a connection.
 *
 * @param words connection, cause and the setting to look at, in one line
 */
record Fault(Kind kind, String words) {
  /** What waiting can do about it. */
  enum Kind {
    /** Nothing: it stays until somebody changes a setting or a server. */
    LASTING,
    /** It may be over in a moment, as a server may still be starting. */
    PASSING,
    /** The server takes connections and says nothing, as a busy one does: perhaps no fault. */
    SILENCE
  }

  static Fault lasting(String words) {
    return new Fault(Kind.LASTING, words);
  }

  static Fault passing(String words) {
    return new Fault(Kind.PASSING, words);
  }

  static Fault silence(String words) {
    return new Fault(Kind.SILENCE, words);
  }

  boolean is(Kind other) {
    return kind == other;
  }

  /** Says of which connection this is. */
  Fault of(String connection) {
    return new Fault(kind, connection + ": " + words);
  }

  /**
   * The fault of a service that several servers give: none if one of them has none, silence if one
   * of them may be busy, else the one that says most.
   */
  static Optional<Fault> ofAll(List<Optional<Fault>> servers) {
    if (servers.isEmpty() || servers.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    return servers.stream()
        .flatMap(Optional::stream)
        .filter(fault -> fault.is(Kind.SILENCE))
        .findFirst()
        .or(() -> ofOne(servers));
  }

  /** The fault of a server of several, the one that says most; none if none of them has one. */
  static Optional<Fault> ofOne(List<Optional<Fault>> servers) {
    return servers.stream().flatMap(Optional::stream).min(Comparator.comparing(Fault::kind));
  }
}
