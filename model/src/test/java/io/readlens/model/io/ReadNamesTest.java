package io.readlens.model.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadNamesTest {
  @ParameterizedTest
  @CsvSource({
    "HWUSI-EAS100R:6:73:941:1973#0/1, HWUSI-EAS100R:6:73:941:1973#0",
    "HWUSI-EAS100R:6:73:941:1973#0/2, HWUSI-EAS100R:6:73:941:1973#0",
    "EAS139:136:FC706VJ:2:2104:15343:197393, EAS139:136:FC706VJ:2:2104:15343:197393",
    "bd8655fb-383c-45cc-bff3-eb1dc86533e1, bd8655fb-383c-45cc-bff3-eb1dc86533e1",
    "read/3, read/3",
    "m64011_190830_220126/2/ccs, m64011_190830_220126/2/ccs",
    "read/1/2, read/1",
    "/1, /1"
  })
  void shouldGiveMatesOneKey(String readId, String expected) {
    // When
    String key = ReadNames.key(readId);

    // Then
    assertThat(key).isEqualTo(expected);
  }
}
