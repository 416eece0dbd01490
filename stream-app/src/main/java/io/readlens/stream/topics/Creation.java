package io.readlens.stream.topics;

import java.util.List;
import java.util.Optional;

/**
 * What became of a topic that was to be there.
 *
 * @param topic its name
 * @param done what was done to it, such as {@code created}; empty: it was found and left alone
 * @param differences how what was found differs from what was wanted, and it was left so; empty for
 *     a topic that is as wanted
 */
public record Creation(String topic, Optional<String> done, List<String> differences) {
  public Creation {
    differences = List.copyOf(differences);
  }

  /** Whether the topic is as it was wanted. */
  public boolean asWanted() {
    return differences.isEmpty();
  }
}
