package io.readlens.model.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.Serial;

/**
 * Escapes in JSON's own way what {@link Legible} escapes, so that JSON on a terminal is shown, not
 * obeyed, and its readers still get each text as it was. JSON asks for the control characters of
 * ASCII alone.
 */
public final class LegibleJson extends CharacterEscapes {
  @Serial private static final long serialVersionUID = 1L;

  private static final int[] ASCII = standardAsciiEscapesForJSON();

  static {
    ASCII[0x7F] = ESCAPE_STANDARD;
  }

  private LegibleJson() {}

  /** A factory for an ObjectMapper that writes such JSON. */
  public static JsonFactory factory() {
    return new JsonFactoryBuilder().characterEscapes(new LegibleJson()).build();
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ASCII.clone();
  }

  /** Asked for each UTF-16 unit beyond ASCII, halves of pairs too; null leaves it as it is. */
  @Override
  public SerializableString getEscapeSequence(int unit) {
    return Legible.isShown(unit)
        ? null
        : new SerializedString(Legible.of(String.valueOf((char) unit)));
  }
}
