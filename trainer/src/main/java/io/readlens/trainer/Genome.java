package io.readlens.trainer;

import io.readlens.model.read.Rank;
import java.util.List;

/**
 * A labelled genome, or the parts of one, that reads are cut from.
 *
 * @param id its name in the pack
 * @param accession the accession of its sequence
 * @param taxId NCBI taxonomy id of the organism; {@code NA} where it is not known
 * @param superkingdom name of its superkingdom
 * @param phylum name of its phylum
 * @param genus name of its genus; {@code NA} where the record names none
 * @param digest SHA-256 digest of its FASTA file
 * @param segments stretches of sequence that a read may lie in
 */
record Genome(
    String id,
    String accession,
    String taxId,
    String superkingdom,
    String phylum,
    String genus,
    String digest,
    List<String> segments) {
  /** The name of its taxon at a rank. */
  String name(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> superkingdom;
      case PHYLUM -> phylum;
      case GENUS -> genus;
    };
  }

  /** Bases in all segments. */
  long bases() {
    return segments.stream().mapToLong(String::length).sum();
  }
}
