package io.readlens.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Made-up reads and their taxa, told apart by their composition. */
final class ToyReads {
  private final Path directory;
  private final StringBuilder fasta = new StringBuilder();
  private final List<String> truth =
      new ArrayList<>(List.of("readId\ttaxid\tsuperkingdom\tphylum\tgenus"));

  /**
   * @param directory where {@link #write} puts {@code reads.fa} and {@code reads.tsv}
   */
  ToyReads(Path directory) {
    this.directory = directory;
  }

  /**
   * Adds reads.
   *
   * @param taxa superkingdom, phylum and genus, divided by commas
   * @param letters that bases are drawn from
   */
  ToyReads add(int count, int length, String taxa, String letters) {
    Random random = new Random(letters.hashCode());
    for (int i = 0; i < count; i++) {
      add(letters + "-" + truth.size(), length, taxa, letters, random);
    }
    return this;
  }

  /** Adds one read, under a name by which it validates or not. */
  ToyReads addOne(boolean validates, int length, String taxa, String letters) {
    int number = 0;
    while (ReadSet.validates(truth.size() + "-" + number) != validates) {
      number++;
    }
    add(truth.size() + "-" + number, length, taxa, letters, new Random(truth.size()));
    return this;
  }

  private void add(String id, int length, String taxa, String letters, Random random) {
    fasta.append('>').append(id).append('\n');
    for (int base = 0; base < length; base++) {
      fasta.append(letters.charAt(random.nextInt(letters.length())));
    }
    fasta.append('\n');
    truth.add(id + "\tNA\t" + taxa.replace(',', '\t'));
  }

  ToyReads write() throws IOException {
    Files.writeString(reads(), fasta);
    Files.write(truth(), truth);
    return this;
  }

  Path reads() {
    return directory.resolve("reads.fa");
  }

  Path truth() {
    return directory.resolve("reads.tsv");
  }
}
