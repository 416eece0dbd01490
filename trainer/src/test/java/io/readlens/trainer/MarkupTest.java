package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkupTest {
  @Test
  void shouldEscapeTextAndAttributes() {
    // When
    Markup markup =
        new Markup()
            .open("p", "title", "\"a\" & 'b'")
            .text("<b> & \u0000c")
            .close()
            .leaf("line", "x1", "0");

    // Then
    assertThat(markup)
        .hasToString(
            "<p title=\"&quot;a&quot; &amp; &#39;b&#39;\">&lt;b&gt; &amp; \\u0000c</p>"
                + "<line x1=\"0\"/>");
  }

  @Test
  void shouldNotEndBeforeItIsClosed() {
    // Given
    Markup markup = new Markup().open("p").element("b", "bold");

    // When / Then
    assertThatThrownBy(markup::toString).isInstanceOf(IllegalStateException.class);
  }
}
