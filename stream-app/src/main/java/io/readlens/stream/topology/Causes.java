package io.readlens.stream.topology;

import java.util.stream.Stream;

/** What an error goes back to. Kafka wraps errors several deep, and the last says most. */
final class Causes {
  private Causes() {}

  /** The error itself, then its cause, then that one's cause. */
  static Stream<Throwable> of(Throwable error) {
    return Stream.iterate(error, cause -> cause != null, Throwable::getCause);
  }

  /** The one that no other caused. */
  static Throwable last(Throwable error) {
    return of(error).reduce(error, (outer, inner) -> inner);
  }
}
