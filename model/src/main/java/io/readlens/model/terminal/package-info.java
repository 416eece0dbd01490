/**
 * The terminal: whether there is one, how large it is, and lines at its end that are redrawn in
 * place. Knows the JDK and the C library; nothing of reads or models.
 *
 * <p>Trap: a line that is longer than the terminal is wide takes several rows, and which rows those
 * are changes when somebody resizes it. Whoever moves the cursor counts rows by {@link
 * io.readlens.model.terminal.LiveView}'s rules, and nobody else does.
 */
package io.readlens.model.terminal;
