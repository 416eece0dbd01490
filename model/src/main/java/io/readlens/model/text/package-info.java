/**
 * How text that others chose, such as the name of a read, a sample, a taxon or a file, is shown to
 * people. Knows the JDK and, for JSON, Jackson's core.
 *
 * <p>A terminal obeys control characters, a table ends its cells at them, and a line of a log can
 * be forged with one. Inside the program text stays as it came; {@code Legible} is applied once, by
 * whoever writes it out for people.
 */
package io.readlens.model.text;
