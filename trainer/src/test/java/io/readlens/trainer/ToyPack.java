package io.readlens.trainer;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Four made-up genomes of three genera, told apart by their composition, in the layout of a genome
 * pack. The last belongs to a species that is not trained on.
 */
final class ToyPack {
  private final Path directory;
  private final GenomePack pack;

  ToyPack() {
    try {
      directory = Files.createTempDirectory("toy-pack");
      directory.toFile().deleteOnExit();
      Files.createDirectories(directory.resolve("genomes"));
      Files.writeString(
          directory.resolve("genomes.tsv"),
          """
          id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\tsplit
          g1\tA1.1\t562\tBacteria\tPseudomonadota\tEscherichia\ttrain
          g2\tA2.1\t1280\tBacteria\tBacillota\tStaphylococcus\ttrain
          g3\tA3.1\t2157\tArchaea\tPromethearchaeota\tNA\ttrain
          g4\tA4.1\t1281\tBacteria\tBacillota\tStaphylococcus\ttest_unseen_species
          """);
      Files.writeString(
          directory.resolve("regions.tsv"),
          """
          id\tcontig\tstart0\tend\tuse
          g1\tg1c\t0\t80000\ttrain
          g1\tg1c\t80000\t90000\ttest_region
          g2\tg2c\t0\t20000\ttrain
          g2\tg2c\t20000\t24000\ttest_region
          g3\tg3c\t0\t20000\ttrain
          g4\tg4c\t0\t9000\ttest
          """);
      Files.writeString(
          directory.resolve("rank_taxids.tsv"),
          """
          rank\tname\ttaxid\tparent\tname_in_table
          superkingdom\tBacteria\t2\tNA\tBacteria
          phylum\tBacillota\t1239\tBacteria\tFirmicutes
          genus\tEscherichia\tNA\tPseudomonadota\tNA
          """);
      genome("g1", 90_000, "AAACCCGGTT", 1);
      genome("g2", 24_000, "AAATTTTCG", 2);
      genome("g3", 20_000, "GGGCCCAT", 3);
      genome("g4", 9_000, "AAATTTTCG", 4);
      pack = GenomePack.open(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds forty sequences of 600 bases of each of two kinds of background: vectors v0 to v39 of A
   * and G, rRNA r0 to r39 of C and T.
   */
  ToyPack withBackground() {
    try {
      StringBuilder table = new StringBuilder("id\tkind\torganism\n");
      Files.createDirectories(directory.resolve("background"));
      background(table, "vector", "v", "AG");
      background(table, "rRNA", "r", "CT");
      Files.writeString(directory.resolve("background.tsv"), table);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a pack of one genome, 3,000 bases of a genus that no toy pack knows.
   *
   * @return the directory, which is made
   */
  static Path writeStranger(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("genomes"));
    Files.writeString(
        directory.resolve("genomes.tsv"),
        """
        id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\tsplit
        n1\tN1.1\tNA\tBacteria\tBacillota\tListeria\ttest_unseen_species
        """);
    Files.writeString(
        directory.resolve("regions.tsv"),
        """
        id\tcontig\tstart0\tend\tuse
        n1\tn1c\t0\t3000\ttest_unseen_species
        """);
    gzip(
        directory.resolve("genomes/n1.fa.gz"),
        new StringBuilder(">n1c\n").append("ACGTTGCAAC".repeat(300)).append('\n'));
    return directory;
  }

  private void background(StringBuilder table, String kind, String prefix, String letters)
      throws IOException {
    Random random = new Random(prefix.hashCode());
    StringBuilder fasta = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      table.append(prefix).append(i).append('\t').append(kind).append("\tNA\n");
      fasta.append('>').append(prefix).append(i).append('\n');
      random.ints(600, 0, letters.length()).forEach(letter -> fasta.append(letters.charAt(letter)));
      fasta.append('\n');
    }
    gzip(directory.resolve("background/" + kind + ".fa.gz"), fasta);
  }

  private static void gzip(Path file, StringBuilder text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void genome(String id, int bases, String letters, long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder fasta = new StringBuilder(">" + id + "c made up\n");
    for (int i = 0; i < bases; i++) {
      fasta.append(letters.charAt(random.nextInt(letters.length())));
      if (i % 70 == 69) {
        fasta.append('\n');
      }
    }
    gzip(directory.resolve("genomes/" + id + ".fa.gz"), fasta.append('\n'));
  }

  Path directory() {
    return directory;
  }

  GenomePack pack() {
    return pack;
  }

  Taxonomy taxonomy() {
    return pack.taxonomy();
  }

  /** The same labels, and what is nothing. */
  static Taxonomy withNothing(Taxonomy taxonomy) {
    List<Taxon> taxa =
        Arrays.stream(Rank.values()).flatMap(rank -> taxonomy.taxa(rank).stream()).toList();
    return Taxonomy.of(taxa, List.of(Taxonomy.NOTHING));
  }

  List<Genome> genomes() {
    try {
      return pack.genomes(GenomePack.Use.TRAIN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
