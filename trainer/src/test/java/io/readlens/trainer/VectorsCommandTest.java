package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.io.ReadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorsCommandTest {
  @TempDir Path directory;

  @Test
  void shouldWriteInLowerCaseWhatIsNatural() throws IOException {
    // Given
    ToyPack pack = new ToyPack();
    Random random = new Random(1);
    String genome =
        pack.pack().genomes(GenomePack.Use.TRAIN).get(0).segments().get(0).substring(0, 100);
    String phage = random(100, random);
    String yeast = random(100, random);
    String own = random(100, random);
    Path vectors = directory.resolve("univec.fa");
    Files.writeString(
        vectors,
        ">gnl|uv|V1.1:1-400 a vector\n%s\n>gnl|uv|P1.1:1-100-49 a phage\n%s\n>gnl|uv|V2.1:1-100\n%s\n"
            .formatted(own + genome + phage + yeast, phage, genome));
    Path natural = Files.writeString(directory.resolve("yeast.fa"), ">y\n" + yeast + "\n");
    Path out = directory.resolve("vectors.fa.gz");

    // When
    int exitCode =
        Main.execute(
            "vectors",
            "--vectors=" + vectors,
            "--genomes=" + pack.directory(),
            "--natural=" + natural,
            "--natural-records=P1.1",
            "--out=" + out);

    // Then
    assertThat(exitCode).isZero();
    try (ReadFile file = ReadFile.open(out)) {
      String marked = file.next().sequence();
      assertThat(file.hasNext()).isFalse();
      assertThat(marked).isEqualToIgnoringCase(own + genome + phage + yeast);
      // A word that begins in the last 19 bases of a part ends in the next, and is nobody else's.
      assertThat(marked.substring(0, 100)).isUpperCase();
      assertThat(marked.substring(100, 181)).isLowerCase();
      assertThat(marked.substring(181, 200)).isUpperCase();
      assertThat(marked.substring(200, 281)).isLowerCase();
      assertThat(marked.substring(281, 300)).isUpperCase();
      assertThat(marked.substring(300)).isLowerCase();
    }
  }

  private static String random(int length, Random random) {
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }
}
