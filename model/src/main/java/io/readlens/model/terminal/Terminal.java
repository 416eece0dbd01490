package io.readlens.model.terminal;

import com.sun.jna.Library;
import com.sun.jna.NativeLong;
import io.readlens.model.process.CLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether somebody is watching: a terminal may be redrawn and painted, a file may not. Linux says
 * so of each stream, Java 17 does not: elsewhere every stream counts as a file.
 */
public final class Terminal {
  static final int OUTPUT = 1;
  static final int ERROR = 2;

  /** Linux's request for a terminal's size. */
  private static final int TIOCGWINSZ = 0x5413;

  private Terminal() {}

  /** The C library. */
  private interface C extends Library {
    int ioctl(int descriptor, NativeLong request, byte[] size);
  }

  /** Loaded when a size is first asked for. */
  private static final class Libraries {
    private static final Optional<C> LIBRARY = CLibrary.bind(C.class);
  }

  /**
   * A terminal's size.
   *
   * @param columns 0 if it is not known
   * @param rows 0 if it is not known
   */
  public record Size(int columns, int rows) {
    static final Size UNKNOWN = new Size(0, 0);
  }

  public static boolean isOutput() {
    return name(OUTPUT).isPresent();
  }

  public static boolean isError() {
    return name(ERROR).isPresent();
  }

  /** Whether standard output and standard error are one terminal. */
  static boolean isBoth() {
    return isOutput() && name(OUTPUT).equals(name(ERROR));
  }

  private static Optional<String> name(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return Optional.of(target)
          .filter(
              name ->
                  name.startsWith("/dev/pts/")
                      || name.startsWith("/dev/tty")
                      || name.equals("/dev/console"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The present size of the terminal that is a stream of the process. */
  static Size size(int descriptor) {
    byte[] size = new byte[8];
    if (Libraries.LIBRARY.map(c -> c.ioctl(descriptor, new NativeLong(TIOCGWINSZ), size)).orElse(-1)
        != 0) {
      return Size.UNKNOWN;
    }
    ByteBuffer numbers = ByteBuffer.wrap(size).order(ByteOrder.nativeOrder());
    int rows = Short.toUnsignedInt(numbers.getShort());
    return new Size(Short.toUnsignedInt(numbers.getShort()), rows);
  }
}
