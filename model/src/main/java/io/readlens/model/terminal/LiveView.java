package io.readlens.model.terminal;

import io.readlens.model.terminal.Terminal.Size;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Lines at the end of a terminal that are redrawn in place, while whatever else the program prints,
 * its log for example, appears above them. All of it is written by this class, which therefore
 * knows where the cursor is.
 *
 * <p>A line that is wider than the terminal is cut, and lines that do not fit into its height are
 * left out. When the terminal is made narrower, the lines that are there are taken to be wrapped
 * again, as most terminals do.
 *
 * <p>Threading: any thread.
 */
public final class LiveView implements AutoCloseable {
  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_LINE_TO_END = "\u001b[K";
  private static final String CLEAR_SCREEN_TO_END = "\u001b[J";
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";

  /** Of two views neither would know where the cursor is: who comes second prints lines. */
  private static final AtomicBoolean OPEN = new AtomicBoolean();

  private final PrintStream terminal;
  private final Charset charset;
  private final Supplier<Size> size;
  private final List<Above> begun = new ArrayList<>();
  private List<String> lines = List.of();

  /** The lines as they stand on the terminal, the cursor behind them. */
  private List<String> drawn = List.of();

  private Runnable restore = () -> {};

  /**
   * Opens one that takes nothing over: see {@link #above}.
   *
   * @param charset of what the terminal understands
   * @param size asked each time that something is written
   */
  public LiveView(PrintStream terminal, Charset charset, Supplier<Size> size) {
    this.terminal = terminal;
    this.charset = charset;
    this.size = size;
  }

  /**
   * Opens one on standard output, and takes over {@link System#out}, and {@link System#err} too if
   * that is the same terminal, until closed.
   *
   * @return empty if standard output is no terminal, or another view is open
   */
  public static Optional<LiveView> onOutput() {
    return Terminal.isOutput() && !OPEN.getAndSet(true)
        ? Optional.of(open(System.out, Terminal.OUTPUT, Terminal.isBoth(), true))
        : Optional.empty();
  }

  /** The same on standard error. */
  public static Optional<LiveView> onError() {
    return Terminal.isError() && !OPEN.getAndSet(true)
        ? Optional.of(open(System.err, Terminal.ERROR, true, Terminal.isBoth()))
        : Optional.empty();
  }

  private static LiveView open(
      PrintStream terminal, int descriptor, boolean takesError, boolean takesOutput) {
    // Java 17 does not say how its streams encode text, but knows what the terminal is said to do.
    Charset charset =
        Optional.ofNullable(System.getProperty("sun.stdout.encoding"))
            .map(Charset::forName)
            .orElse(Charset.defaultCharset());
    LiveView view = new LiveView(terminal, charset, () -> Terminal.size(descriptor));
    PrintStream out = System.out;
    PrintStream err = System.err;
    if (takesOutput) {
      System.setOut(view.above());
    }
    if (takesError) {
      System.setErr(view.above());
    }
    view.restore =
        () -> {
          System.setOut(out);
          System.setErr(err);
          OPEN.set(false);
        };
    return view;
  }

  /** A stream whose lines appear above the view, each when it is whole. */
  public synchronized PrintStream above() {
    Above stream = new Above();
    begun.add(stream);
    return new PrintStream(stream, true, charset);
  }

  /** Shows these lines in place of those that are shown; none of them may have escapes in it. */
  public synchronized void show(List<String> next) {
    lines = List.copyOf(next);
    StringBuilder text = new StringBuilder();
    moveUp(text);
    draw(text);
    write(text.toString().getBytes(charset));
  }

  /** Leaves the lines where they are, for good; what is printed next comes below them. */
  public synchronized void settle() {
    lines = List.of();
    drawn = List.of();
  }

  /** Settles, and gives the streams back. May be called again. */
  @Override
  public synchronized void close() {
    settle();
    begun.forEach(Above::end);
    begun.clear();
    restore.run();
    restore = () -> {};
  }

  private synchronized void printAbove(byte[] printed) {
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    if (!drawn.isEmpty()) {
      moveUp(before);
      before.append(CLEAR_SCREEN_TO_END);
      draw(after);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(before.toString().getBytes(charset));
    all.writeBytes(printed);
    all.writeBytes(after.toString().getBytes(charset));
    write(all.toByteArray());
  }

  /** At once, so that nobody sees it half done. */
  private void write(byte[] bytes) {
    terminal.write(bytes, 0, bytes.length);
    terminal.flush();
  }

  /** To the first row of what is drawn. */
  private void moveUp(StringBuilder text) {
    int columns = size.get().columns();
    int rows =
        drawn.stream().mapToInt(line -> columns == 0 ? 1 : Columns.rows(line, columns)).sum();
    text.append('\r');
    if (rows > 0) {
      text.append(UP.formatted(rows));
    }
  }

  /** From the row where the cursor is; what stood there and below is overwritten. */
  private void draw(StringBuilder text) {
    Size now = size.get();
    drawn = lowered(now.rows()).stream().map(line -> cut(line, now.columns())).toList();
    text.append(WRAP_OFF);
    drawn.forEach(line -> text.append(line).append(CLEAR_LINE_TO_END).append('\n'));
    text.append(CLEAR_SCREEN_TO_END).append(WRAP_ON);
  }

  /** So many lines that the cursor can get back to the first: the last stays among them. */
  private List<String> lowered(int rows) {
    int most = rows - 1;
    if (rows == 0 || lines.size() <= most) {
      return lines;
    }
    if (most == 0) {
      return List.of();
    }
    List<String> some = new ArrayList<>(lines.subList(0, most - 1));
    some.add(lines.get(lines.size() - 1));
    return some;
  }

  /**
   * One column stays free: what is cleared from the last one on is what stands in it. Nor does a
   * row end in blanks: some terminals wrap these when they get narrower, and others drop them.
   */
  private static String cut(String line, int columns) {
    String plain = line.replaceAll("\\p{Cntrl}", "?");
    return (columns == 0 ? plain : Columns.clip(plain, Math.max(1, columns - 1))).stripTrailing();
  }

  /** Keeps what is printed until its line ends. */
  private final class Above extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) {
      synchronized (LiveView.this) {
        int end = start + length;
        while (end > start && bytes[end - 1] != '\n') {
          end--;
        }
        line.write(bytes, start, end - start);
        if (end > start) {
          printAbove(line.toByteArray());
          line.reset();
        }
        line.write(bytes, end, start + length - end);
      }
    }

    private void end() {
      if (line.size() > 0) {
        printAbove(line.toByteArray());
        line.reset();
      }
    }
  }
}
