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
import java.util.regex.Pattern;

/**
 * Whether somebody is watching: a terminal may be redrawn and painted, a file may not. Linux says
 * so of each stream, Java 17 does not: elsewhere every stream counts as a file.
 */
public final class Terminal {
  static final int OUTPUT = 1;
  static final int ERROR = 2;

  /** Linux's request for a terminal's size. */
  private static final int TIOCGWINSZ = 0x5413;

  /** Terminals without a cursor to move, as terminfo names them. */
  private static final Pattern PLAIN =
      Pattern.compile("|dumb(-.*)?|unknown|emacs|network|dialup|switch|lpr|printer|hardcopy");

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

  /** Whether standard output is a terminal that can be redrawn. */
  public static boolean isOutput() {
    return name(OUTPUT).isPresent() && isRedrawn(System.getenv("TERM"));
  }

  /** Whether standard error is one. */
  public static boolean isError() {
    return name(ERROR).isPresent() && isRedrawn(System.getenv("TERM"));
  }

  /** Whether standard output is a terminal, and colours are wanted: see https://no-color.org. */
  public static boolean isOutputPainted() {
    return isOutput() && wantsColours(System.getenv("NO_COLOR"));
  }

  /** The same of standard output and standard error both. */
  public static boolean isPainted() {
    return isOutputPainted() && isError();
  }

  /** Whether standard output and standard error are one terminal. */
  static boolean isBoth() {
    return isOutput() && name(OUTPUT).equals(name(ERROR));
  }

  /**
   * Whether a terminal knows more than lines that follow each other: an editor's shell does not,
   * and where nobody says which terminal it is, nobody may look.
   *
   * @param kind what the environment says of it; null if nothing
   */
  static boolean isRedrawn(String kind) {
    return kind != null && !PLAIN.matcher(kind.strip()).matches();
  }

  /**
   * @param refused what the environment says; null if nothing
   */
  static boolean wantsColours(String refused) {
    return refused == null || refused.isEmpty();
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
