package io.readlens.model.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadHeaderTest {
  private static final String READ = "48dd68f3-a1d2-4709-85d4-d9b23bf02d01";
  private static final String DIGEST = "6ea44ad53f93925e9aa809336966e5ea09b9cdbd";
  private static final String UUID = "e4994c62-93f9-439a-bc8f-d20c95a137a5";

  @Test
  void shouldUnderstandMinknow() {
    // Given
    String description =
        "runid=%s sampleid=pond read=12 ch=3 start_time=2021-03-04T05:06:07Z barcode=barcode07"
            .formatted(DIGEST);

    // When
    ReadHeader header = ReadHeader.parse(READ, description);

    // Then
    Instant start = Instant.parse("2021-03-04T05:06:07Z");
    assertThat(header)
        .isEqualTo(new ReadHeader(DIGEST, "pond", "barcode07", Optional.of(start), "ONT"));
  }

  @Test
  void shouldUnderstandNewerMinknow() {
    // Given
    String description =
        "runid=%s ch=1 start_time=2023-02-22T18:07:42.123456+01:00 sample_id=pond barcode=unclassified"
            .formatted(UUID);

    // When
    ReadHeader header = ReadHeader.parse(READ, description);

    // Then
    Instant start = Instant.parse("2023-02-22T17:07:42.123456Z");
    assertThat(header)
        .isEqualTo(new ReadHeader(UUID, "pond", "unclassified", Optional.of(start), "ONT"));
  }

  @Test
  void shouldUnderstandDorado() {
    // Given
    String description =
        "st:Z:2024-12-05T16:10:32.997+00:00\tRG:Z:%s_dna_r10.4.1_e8.2_400bps_sup@v5.0.0_SQK-NBD114-24_barcode02\tDS:Z:gpu:Tesla T4"
            .formatted(DIGEST);

    // When
    ReadHeader header = ReadHeader.parse(READ, description);

    // Then
    Instant start = Instant.parse("2024-12-05T16:10:32.997Z");
    assertThat(header)
        .isEqualTo(new ReadHeader(DIGEST, "", "barcode02", Optional.of(start), "ONT"));
  }

  @ParameterizedTest
  @CsvSource({
    "RG:Z:" + UUID + "_unknown_barcode02, barcode02",
    "RG:Z:" + UUID + "_rna004_130bps_fast@v5.1.0_29d8704b, ''",
    "RG:Z:" + UUID + ", ''",
    "RG:Z:" + UUID + "_x BC:Z:SQK-RBK114-24_barcode11, barcode11",
    "RG:Z:" + UUID + "_x BC:Z:patient-4, patient-4"
  })
  void shouldFindRunAndBarcodeInAReadGroup(String description, String barcode) {
    // When
    ReadHeader header = ReadHeader.parse(READ, description);

    // Then
    assertThat(header.runId()).isEqualTo(UUID);
    assertThat(header.barcode()).isEqualTo(barcode);
    assertThat(header.platform()).isEqualTo("ONT");
  }

  @ParameterizedTest
  @CsvSource({
    "EAS139:136:FC706VJ:2:2104:15343:197393, 1:Y:18:ATCACG, EAS139:136:FC706VJ, ATCACG",
    "A00123:45:HXXXX-DSX:2:2104:1:2, 2:N:0:AACC+GGTT, A00123:45:HXXXX-DSX, AACC+GGTT",
    "A00123:45:HXXXX:2:2104:1:2:ACGTNN+AC, 2:N:0:7, A00123:45:HXXXX, ''",
    "A00123:45:HXXXX:2:2104:1:2/1, '', A00123:45:HXXXX, ''",
    "HWI-EAS216_91209:1:2:454:192#0/1, '', '', ''",
    "HWI-EAS216_91209:1:2:454:192#ATCACG/2, '', '', ATCACG"
  })
  void shouldUnderstandIllumina(String id, String description, String runId, String barcode) {
    // When
    ReadHeader header = ReadHeader.parse(id, description);

    // Then
    assertThat(header).isEqualTo(new ReadHeader(runId, "", barcode, Optional.empty(), "ILLUMINA"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "length=36",
        "RG:Z:lane1",
        "Homo sapiens chromosome 1, GRCh38 reference",
        "notrunid=1 astart_time=2021-03-04T05:06:07Z"
      })
  void shouldNotGuessWhatAHeaderDoesNotSay(String description) {
    // When
    ReadHeader header = ReadHeader.parse("r000001", description);

    // Then
    assertThat(header).isEqualTo(new ReadHeader("", "", "", Optional.empty(), ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2021-03-04T05:06:07",
        "2021-02-30T05:06:07Z",
        "1614834367",
        "+999999999-12-31T23:59:59Z",
        "-999999999-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z"
      })
  void shouldNotGuessATime(String time) {
    // When
    ReadHeader header = ReadHeader.parse(READ, "runid=" + DIGEST + " start_time=" + time);

    // Then
    assertThat(header.startTime()).isEmpty();
    assertThat(header.runId()).isEqualTo(DIGEST);
  }
}
