package io.readlens.model.read;

import java.util.Arrays;

/**
 * How probable each class is before anything of a read was seen, where one softmax over all classes
 * decides. A read belongs to one leaf: a genus; a genus of a phylum that has no label; a phylum of
 * a superkingdom that has none; a kind of background. The heads of phyla and superkingdoms stand
 * for the leaves "another of it".
 *
 * <p>Half of what all genera have is shared evenly by them; of the other half each superkingdom has
 * as much, of that each of its phyla, of that each of its genera. Even shares alone would call what
 * says nothing a virus, since most genera are of viruses; shares down the tree alone would hear
 * hardly a genus of a large phylum.
 */
final class LeafPrior {
  /** Of what a phylum has, the share of genera without a label. */
  private static final double OTHER_GENUS = 0.1;

  /** Of what a superkingdom has, the share of phyla without a label. */
  private static final double OTHER_PHYLUM = 0.02;

  private static final double BACKGROUND = 0.1;

  /** Of what genera have, the share that is even over all of them. */
  private static final double EVEN = 0.5;

  private LeafPrior() {}

  /** Of each class, in the order of the network's outputs [C]; the sum is 1. */
  static double[] of(Taxonomy taxonomy) {
    double[] prior = new double[taxonomy.classes()];
    int[] generaOf = children(taxonomy, Rank.GENUS);
    int[] phylaOf = children(taxonomy, Rank.PHYLUM);
    double[] ofPhylum = new double[taxonomy.size(Rank.PHYLUM)];
    double[] ofSuperkingdom = new double[taxonomy.size(Rank.SUPERKINGDOM)];
    int genera = taxonomy.size(Rank.GENUS);
    for (Taxon phylum : taxonomy.taxa(Rank.PHYLUM)) {
      double down = 1.0 / ofSuperkingdom.length / phylaOf[phylum.parent()];
      double even = (double) generaOf[phylum.index()] / genera;
      ofPhylum[phylum.index()] = EVEN * even + (1 - EVEN) * down;
      ofSuperkingdom[phylum.parent()] += ofPhylum[phylum.index()];
    }
    for (Taxon genus : taxonomy.taxa(Rank.GENUS)) {
      int siblings = generaOf[genus.parent()];
      double down = 1.0 / ofSuperkingdom.length / phylaOf[superkingdom(taxonomy, genus)] / siblings;
      prior[taxonomy.offset(Rank.GENUS) + genus.index()] =
          (1 - OTHER_GENUS) * (EVEN / genera + (1 - EVEN) * down);
    }
    for (int phylum = 0; phylum < ofPhylum.length; phylum++) {
      double other = generaOf[phylum] == 0 ? 1 : OTHER_GENUS;
      prior[taxonomy.offset(Rank.PHYLUM) + phylum] = other * ofPhylum[phylum];
    }
    for (int i = 0; i < taxonomy.size(); i++) {
      prior[i] *= 1 - OTHER_PHYLUM;
    }
    for (int i = 0; i < ofSuperkingdom.length; i++) {
      // A superkingdom of no phylum has what one of the others has.
      double own = phylaOf[i] == 0 ? 1.0 / ofSuperkingdom.length : OTHER_PHYLUM * ofSuperkingdom[i];
      prior[taxonomy.offset(Rank.SUPERKINGDOM) + i] = own;
    }
    double ofTaxa = Arrays.stream(prior).sum();
    for (int i = 0; i < taxonomy.size(); i++) {
      prior[i] *= (1 - BACKGROUND) / ofTaxa;
    }
    Arrays.fill(prior, taxonomy.size(), prior.length, BACKGROUND / taxonomy.background().size());
    return prior;
  }

  private static int superkingdom(Taxonomy taxonomy, Taxon genus) {
    return taxonomy.parent(genus).parent();
  }

  /** How many taxa of a rank each taxon above has. */
  private static int[] children(Taxonomy taxonomy, Rank rank) {
    int[] children = new int[taxonomy.size(rank.above())];
    taxonomy.taxa(rank).forEach(taxon -> children[taxon.parent()]++);
    return children;
  }
}
