package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownRecordTest {
  private static final String SHOWN =
      """
      {
        "readId": "r1",
        "length": 453,
        "outcome": "CLASSIFIED",
        "calls": [
          {
            "taxId": 2157,
            "probability": 0.9997,
            "alternatives": [{"taxId": 2759, "probability": 0.0001}],
            "spans": [{"start": 156, "end": 342, "score": 0.7174}]
          }
        ],
        "mask": [35, 36, ...],
        "tokens": 78,
        "sequence": "GTAC...",
        "eventTime": 1795376071083,
        "eventTimeSource": "PROCESSED_TIME",
        "trueTaxId": null,
        "ignored": []
      }
      """;

  private final String written =
      SHOWN
          .replace(", ...]", ", 200]")
          .replace("GTAC...", "GTACT")
          .replace("1795376071083", String.valueOf(System.currentTimeMillis()));

  @Test
  void shouldTakeWhatDiffersInTheLastDigitsOnly() throws Exception {
    // Given
    String rounded = written.replace("0.9997", "0.9996").replace("[35, 36", "[36, 35");
    assertThat(rounded).isNotEqualTo(written);

    // When / Then
    new ShownRecord(SHOWN).requireLike(rounded);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"r1\"          | \"r2\"        | /readId",
        "453             | 454           | /length",
        "CLASSIFIED      | UNCLASSIFIED  | /outcome",
        "2157            | 2158          | /calls/0/taxId",
        "0.9997          | 0.99          | /calls/0/probability",
        "2759            | null          | /calls/0/alternatives/0/taxId",
        "0.0001          | 0.5           | /calls/0/alternatives/0/probability",
        "156             | 150           | /calls/0/spans/0/start",
        "342             | 348           | /calls/0/spans/0/end",
        "0.7174          | 0.71          | /calls/0/spans/0/score",
        "\"score\"       | \"mean\"      | /calls/0/spans/0",
        "[35             | [45           | /mask/0",
        "36, 200]        | 36]           | /mask",
        "78              | 79            | /tokens",
        "GTACT           | GTCCT         | /sequence",
        "GTACT           | GTAC          | /sequence",
        "PROCESSED_TIME  | START_TIME    | /eventTimeSource",
        "null,           | 2157,         | /trueTaxId",
        "[]              | [\"length\"]  | /ignored",
        "\"eventTime\": 1 | \"eventTime\": 9 | /eventTime",
      })
  void shouldNameWhatDiffers(String shown, String differing, String path) throws Exception {
    // Given
    ShownRecord record = new ShownRecord(SHOWN);
    String changed = written.replace(shown, differing);
    assertThat(changed).isNotEqualTo(written);

    // When / Then
    assertThatThrownBy(() -> record.requireLike(changed))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("[" + path + "]");
  }
}
