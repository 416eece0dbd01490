/**
 * The commands of {@code readlens.jar}: the only wiring, which knows everything. Standard output
 * carries what a command is asked for, standard error what it says meanwhile.
 */
package io.readlens.stream.cli;
