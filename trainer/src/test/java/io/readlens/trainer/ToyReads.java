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
      String id = letters + "-" + truth.size();
      fasta.append('>').append(id).append('\n');
      for (int base = 0; base < length; base++) {
        fasta.append(letters.charAt(random.nextInt(letters.length())));
      }
      fasta.append('\n');
      truth.add(id + "\tNA\t" + taxa.replace(',', '\t'));
    }
    return this;
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
