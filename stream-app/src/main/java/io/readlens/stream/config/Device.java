package io.readlens.stream.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the model runs.
 *
 * @param kind the kind of device
 * @param index which GPU, from 0; 0 for the other kinds
 */
public record Device(Kind kind, int index) {
  private static final Pattern GPU = Pattern.compile("gpu:(\\d{1,3})");

  /** The kinds of device. */
  public enum Kind {
    /** The first GPU if there is one, else the CPU. */
    AUTO,
    CPU,
    GPU
  }

  public Device {
    if (index < 0 || (kind != Kind.GPU && index != 0)) {
      throw new IllegalArgumentException("no device " + kind + " " + index);
    }
  }

  /**
   * @param text {@code auto}, {@code cpu} or {@code gpu:N}
   * @throws IllegalArgumentException if it is none of these
   */
  public static Device parse(String text) {
    if (text.equals("auto")) {
      return new Device(Kind.AUTO, 0);
    }
    if (text.equals("cpu")) {
      return new Device(Kind.CPU, 0);
    }
    Matcher gpu = GPU.matcher(text);
    if (gpu.matches()) {
      return new Device(Kind.GPU, Integer.parseInt(gpu.group(1)));
    }
    throw new IllegalArgumentException("not a device: " + text);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case GPU -> "gpu:" + index;
    };
  }
}
