package io.readlens.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the ledger counts by.
 *
 * @param partition of the reads topic, from 0
 * @param sampleId as the reads say it; empty where they say nothing or cannot be decoded
 */
public record Account(int partition, String sampleId) {
  /**
   * How long the name of a sample may be to have an account of its own, in characters. All accounts
   * are held in memory, and anybody can write any name into a read: longer ones count as none.
   */
  private static final int MAX_NAME_LENGTH = 1000;

  private static final Pattern KEY = Pattern.compile("(\\d{1,9})/(.*)", Pattern.DOTALL);

  /** The account of a read of a sample. */
  static Account of(int partition, String sampleId) {
    return new Account(partition, sampleId.length() > MAX_NAME_LENGTH ? "" : sampleId);
  }

  /** The key of the account's records: {@code 3/gut-12}, in UTF-8. */
  public byte[] key() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  public static Account ofKey(byte[] key) {
    String text = new String(key, StandardCharsets.UTF_8);
    Matcher matcher = KEY.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException("no key of the ledger: '" + text + "'");
    }
    return new Account(Integer.parseInt(matcher.group(1)), matcher.group(2));
  }

  @Override
  public String toString() {
    return partition + "/" + sampleId;
  }
}
