package io.readlens.stream.topics;

import java.util.List;

/**
 * What became of a topic that was to be there.
 *
 * @param topic its name
 * @param created whether it was created now, rather than found
 * @param differences how what was found differs from what was wanted, and it was left so; empty for
 *     a topic that is as wanted
 */
public record Creation(String topic, boolean created, List<String> differences) {
  public Creation {
    differences = List.copyOf(differences);
    if (created && !differences.isEmpty()) {
      throw new IllegalArgumentException(topic + " was just created and differs: " + differences);
    }
  }

  /** Whether the topic is as it was wanted. */
  public boolean asWanted() {
    return differences.isEmpty();
  }
}
