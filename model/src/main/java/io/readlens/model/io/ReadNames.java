package io.readlens.model.io;

/** What a read's name says beyond naming it. */
public final class ReadNames {
  private ReadNames() {}

  /**
   * The name without its mate suffix {@code /1} or {@code /2}, so that mates get one key and with
   * it one partition. Newer Illumina names and nanopore names carry no suffix and stay as they are.
   */
  public static String key(String readId) {
    boolean mate = readId.endsWith("/1") || readId.endsWith("/2");
    return mate && readId.length() > 2 ? readId.substring(0, readId.length() - 2) : readId;
  }
}
