/**
 * The commands of ReadLens that its messages recommend, and only they: whatever a message tells
 * people to run is named here, so that a test runs every one of them.
 *
 * <p>May know: the JDK.
 */
package io.readlens.stream.advice;
