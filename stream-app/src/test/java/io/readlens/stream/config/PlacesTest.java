package io.readlens.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
  @Test
  void shouldParseDirectoriesAndAddresses() {
    // When
    Places places = Places.parse("/models, file:///more/../other,https://models.example/readlens");

    // Then
    assertThat(places).hasToString("/models,/other,https://models.example/readlens");
    assertThat(places.isNowhere()).isFalse();
    assertThat(Places.parse("none").isNowhere()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "models",
        "/models,",
        "ftp://models.example/",
        "https:///models",
        "https://user:secret@models.example/",
        "https://models.example/?a=b",
        "https://models.example/a/../b"
      })
  void shouldRefuseWhatIsNoPlace(String text) {
    // When / Then
    assertThatThrownBy(() -> Places.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://models.example/a, true",
    "https://models.example/a/b, true",
    "https://MODELS.example:443/a/b/, true",
    "https://models.example/ab, false",
    "https://models.example/, false",
    "https://models.example:8443/a, false",
    "http://models.example/a, false",
    "https://models.example.evil/a, false"
  })
  void shouldHoldWhatIsBelow(String address, boolean held) {
    // Given
    Places places = Places.parse("https://models.example/a");

    // When / Then
    assertThat(places.hold(Places.address(address))).isEqualTo(held);
  }

  @ParameterizedTest
  @CsvSource({
    "/models, true",
    "/models/one, true",
    "/models/../models/one, true",
    "/models/../etc, false",
    "/models-other, false"
  })
  void shouldNameWhatIsBelow(Path path, boolean named) {
    // When / Then
    assertThat(Places.parse("/models").name(path)).isEqualTo(named);
  }
}
