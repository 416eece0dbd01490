package io.readlens.model.read;

import java.util.OptionalInt;

/**
 * One label of a checkpoint.
 *
 * @param rank its rank
 * @param index its place among the labels of its rank, from 0
 * @param taxId its NCBI taxonomy id, from 1; empty where the id is not known, never guessed
 * @param name its scientific name, without control characters: names go into tab-separated files
 * @param parent the index of its parent among the labels of the rank above; -1 at the superkingdom
 */
public record Taxon(Rank rank, int index, OptionalInt taxId, String name, int parent) {
  public Taxon {
    if (index < 0
        || (taxId.isPresent() && taxId.getAsInt() < 1)
        || name.isBlank()
        || name.chars().anyMatch(Character::isISOControl)
        || (rank == Rank.SUPERKINGDOM) != (parent < 0)) {
      throw new IllegalArgumentException("not a taxon: " + rank + " " + index + " " + name);
    }
  }
}
