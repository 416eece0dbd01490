package io.readlens.stream.connect;

import java.util.List;
import java.util.Optional;

/**
 * What is wrong with a connection.
 *
 * @param mayPass whether waiting can mend it, as a server may still be starting
 * @param words connection, cause and the setting to look at, in one line
 */
record Fault(boolean mayPass, String words) {
  /** One that stays until somebody changes a setting or a server. */
  static Fault lasting(String words) {
    return new Fault(false, words);
  }

  /** One that may be over in a moment. */
  static Fault passing(String words) {
    return new Fault(true, words);
  }

  /** Says of which connection this is. */
  Fault of(String connection) {
    return new Fault(mayPass, connection + ": " + words);
  }

  /**
   * The fault of a service that several servers give: none if one of them has none, else the one
   * that says most.
   */
  static Optional<Fault> ofAll(List<Optional<Fault>> servers) {
    if (servers.isEmpty() || servers.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<Fault> faults = servers.stream().flatMap(Optional::stream).toList();
    return Optional.of(
        faults.stream().filter(fault -> !fault.mayPass()).findFirst().orElse(faults.get(0)));
  }
}
