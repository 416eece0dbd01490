package io.readlens.model.evaluation.panel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A made-up sample: known genera in log-normal shares, a host, and genera that the model does not
 * know.
 *
 * @param genera how many known ones besides the host
 * @param host the host's share of the reads; 0 where the sources have none
 * @param unknown share of the reads that are of novel genera
 */
record Community(int genera, double host, double unknown) {
  /** Standard deviation of the logarithm of a genus's share: one in three is e times the median. */
  private static final double SPREAD = 1.5;

  /**
   * The group that each read is of.
   *
   * @param bases a genus takes part only if it has room for reads of so many
   * @return for each read its origins, of which one is to be drawn; in random order
   */
  List<List<Origin>> draw(Sources sources, int reads, int bases, Random random) {
    Map<String, List<Origin>> known = groups(sources.known(), bases, random);
    List<Origin> ofHost = known.getOrDefault(sources.host(), List.of());
    known.remove(sources.host());
    List<List<Origin>> others = new ArrayList<>(known.values());
    Collections.shuffle(others, random);
    List<List<Origin>> members = others.subList(0, Math.min(genera, others.size()));
    double[] weights = members.stream().mapToDouble(m -> weight(random)).toArray();

    List<List<Origin>> drawn = new ArrayList<>();
    List<List<Origin>> novel = new ArrayList<>(groups(sources.novel(), bases, random).values());
    for (int i = 0; !novel.isEmpty() && i < Math.round(unknown * reads); i++) {
      drawn.add(novel.get(random.nextInt(novel.size())));
    }
    for (int i = 0; !ofHost.isEmpty() && i < Math.round(host * reads); i++) {
      drawn.add(ofHost);
    }
    while (!members.isEmpty() && drawn.size() < reads) {
      drawn.add(members.get(pick(weights, random)));
    }
    Collections.shuffle(drawn, random);
    return drawn;
  }

  private static Map<String, List<Origin>> groups(List<Origin> origins, int bases, Random random) {
    Map<String, List<Origin>> groups =
        origins.stream()
            .collect(Collectors.groupingBy(Origin::group, TreeMap::new, Collectors.toList()));
    groups.values().removeIf(group -> !hasRoom(group, bases, random));
    return groups;
  }

  private static boolean hasRoom(List<Origin> group, int bases, Random random) {
    return group.stream().anyMatch(origin -> origin.cut().of(bases, random).isPresent());
  }

  private static double weight(Random random) {
    return Math.exp(SPREAD * random.nextGaussian());
  }

  private static int pick(double[] weights, Random random) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double place = random.nextDouble() * sum;
    int at = 0;
    while (at < weights.length - 1 && place >= weights[at]) {
      place -= weights[at];
      at++;
    }
    return at;
  }
}
