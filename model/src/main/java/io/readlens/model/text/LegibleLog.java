package io.readlens.model.text;

import ch.qos.logback.core.pattern.CompositeConverter;

/**
 * {@link Legible} as a word of Logback's patterns, which put in parentheses what may hold text of
 * others: {@code %legible(%msg){line}} in one line, {@code %legible(%msg%n%ex){lines}} in as many
 * as it has, all but the first indented, so that none can pass for another record's. Only a program
 * that logs with Logback loads this class.
 */
public final class LegibleLog<E> extends CompositeConverter<E> {
  @Override
  protected String transform(E event, String text) {
    return "lines".equals(getFirstOption())
        ? Legible.lines(text).stripTrailing().replace("\n", "\n  ") + "\n"
        : Legible.of(text);
  }
}
