package io.readlens.model.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is seen on a terminal: every printed line once, and one frame, the latest, at the end. */
class LiveViewTest {
  private static final String LOG =
      "08:28:05.865 INFO  ExplainApp [main] DeviceSpeed[threads=1, batchTokens=4112, "
          + "tokensPerSecond=31036.655191746508]: Fit[queueTokens=23874, maxPollRecords=15] ";

  private static final List<String> WIDE =
      List.of(
          "種名 大腸菌 肺炎桿菌", "e\u0301te\u0301 \u200bnai\u0308ve", "\uD83E\uDDA0 phage \uD83E\uDDEC");

  private VirtualTerminal terminal = new VirtualTerminal(80, 24);
  private LiveView view = open();
  private PrintStream above = view.above();

  private LiveView open() {
    return new LiveView(
        new PrintStream(terminal, false, StandardCharsets.UTF_8),
        StandardCharsets.UTF_8,
        () -> terminal.size());
  }

  private void on(int columns, int rows) {
    terminal = new VirtualTerminal(columns, rows);
    view = open();
    above = view.above();
  }

  private static List<String> frame(int number) {
    return List.of(
        "explained [" + "#".repeat(number % 40) + "]  " + number + " reads",
        "superkingdom   Bacteria                           12       12       12",
        "",
        "ledger received=" + number);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 79, 80, 81, 130, 160, 200})
  void shouldKeepOneFrameBelowLinesThatWrap(int columns) {
    // Given
    on(columns, 24);
    List<String> expected = new ArrayList<>();

    // When
    for (int i = 0; i < 60; i++) {
      view.show(frame(i));
      if (i % 3 == 0) {
        String line = i + " " + LOG.repeat(1 + i % 2).strip();
        above.println(line);
        expected.add(line);
      }
    }

    // Then
    frame(59).forEach(line -> expected.add(Columns.clip(line, columns - 1).stripTrailing()));
    assertThat(terminal.lines()).isEqualTo(expected);
    assertThat(terminal.isReady()).isTrue();
  }

  /**
   * Lines of exactly the terminal's width, of one more and of one less, are where wrapping errs.
   */
  @ParameterizedTest
  @CsvSource({"80,79", "80,80", "80,81", "80,160", "130,129", "130,130", "130,131", "130,260"})
  void shouldCountRowsAtTheEdge(int columns, int length) {
    // Given
    on(columns, 24);
    String line = "x".repeat(length);

    // When
    for (int i = 0; i < 5; i++) {
      view.show(List.of(line, "below " + i));
      above.println(line);
    }

    // Then
    List<String> expected = new ArrayList<>(java.util.Collections.nCopies(5, line));
    expected.add(Columns.clip(line, columns - 1));
    expected.add("below 4");
    assertThat(terminal.lines()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"80,40", "130,80", "80,130", "130,31", "80,79", "200,10"})
  void shouldRedrawInPlaceAfterAResize(int before, int after) {
    // Given
    on(before, 50);
    view.show(frame(1));
    above.println(LOG.strip());
    terminal.resize(after, 50);

    // When
    view.show(frame(2));
    above.println("and on");
    terminal.resize(before, 50);
    above.println("and back");

    // Then
    List<String> expected = new ArrayList<>(List.of(LOG.strip(), "and on", "and back"));
    frame(2).forEach(line -> expected.add(Columns.clip(line, before - 1).stripTrailing()));
    assertThat(terminal.lines()).isEqualTo(expected);
  }

  /** A terminal that wraps its rows anew does not count the blanks at a row's end. */
  @ParameterizedTest
  @CsvSource({"60,40", "60,30", "30,60", "51,26", "25,13"})
  void shouldLeaveNoBlanksAtTheEndOfARow(int before, int after) {
    // Given
    on(before, 50);
    above.println(LOG.strip());
    view.show(frame(1));

    // When
    terminal.resize(after, 50);
    view.show(frame(2));

    // Then
    List<String> expected = new ArrayList<>(List.of(LOG.strip()));
    frame(2).forEach(line -> expected.add(Columns.clip(line, after - 1).stripTrailing()));
    assertThat(terminal.lines()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldResizeAtAnyTime(long seed) {
    // Given
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    List<String> last = frame(0);

    // When
    for (int i = 0; i < 300; i++) {
      switch (random.nextInt(4)) {
        case 0 -> terminal.resize(10 + random.nextInt(150), 60);
        case 1 -> {
          String line = i + " " + LOG.substring(0, random.nextInt(LOG.length())).strip() + "|";
          above.println(line);
          expected.add(line);
        }
        default -> {
          last = random.nextBoolean() ? frame(i) : WIDE;
          view.show(last);
        }
      }
    }
    view.show(last);

    // Then
    int columns = terminal.size().columns();
    last.forEach(line -> expected.add(Columns.clip(line, columns - 1).stripTrailing()));
    assertThat(terminal.lines()).as("seed " + seed).isEqualTo(expected);
  }

  private static LongStream seeds() {
    return LongStream.concat(LongStream.of(22869267217492L), new Random().longs(30));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 80})
  void shouldCountWideCharactersTwiceAndCombiningOnesNotAtAll(int columns) {
    // Given
    on(columns, 24);

    // When
    for (int i = 0; i < 4; i++) {
      view.show(WIDE);
      above.println("大腸菌".repeat(10));
    }

    // Then
    assertThat(terminal.lines()).hasSize(4 + WIDE.size()).startsWith("大腸菌".repeat(10));
    assertThat(terminal.lines().get(4)).isEqualTo(Columns.clip(WIDE.get(0), columns - 1).strip());
  }

  @Test
  void shouldLeaveOutWhatIsHigherThanTheTerminal() {
    // Given
    on(80, 6);
    List<String> tall = IntStream.range(0, 20).mapToObj(i -> "line " + i).toList();

    // When
    for (int i = 0; i < 10; i++) {
      view.show(tall);
    }
    above.println("a log line");
    view.show(tall);

    // Then
    assertThat(terminal.lines())
        .containsExactly("a log line", "line 0", "line 1", "line 2", "line 3", "line 19");
  }

  /** As panes of a terminal may be. */
  @ParameterizedTest
  @CsvSource({"1,24", "2,24", "3,5", "1,1", "2,2", "80,1", "80,2", "80,3", "5,4"})
  void shouldLeaveNoFrameBehindOnTheSmallestTerminals(int columns, int rows) {
    // Given
    on(columns, rows);
    List<String> expected = new ArrayList<>();

    // When
    for (int i = 0; i < 20; i++) {
      view.show(frame(i));
      view.show(frame(i + 1));
      above.println("line " + i);
      expected.add("line " + i);
    }

    // Then
    assertThat(terminal.lines()).startsWith(expected.toArray(String[]::new));
    assertThat(terminal.lines()).hasSizeLessThanOrEqualTo(20 + Math.min(4, rows - 1));
    assertThat(terminal.isReady()).isTrue();
  }

  @Test
  void shouldShrinkAndGrow() {
    // When
    view.show(List.of("one", "two", "three"));
    view.show(List.of("one"));
    above.println("log");
    view.show(List.of("one", "two"));

    // Then
    assertThat(terminal.lines()).containsExactly("log", "one", "two");
  }

  @Test
  void shouldShowALineWhenItIsWhole() {
    // Given
    view.show(List.of("frame"));

    // When
    above.print("begun, ");
    view.show(List.of("frame 2"));
    List<String> before = terminal.lines();
    above.print("ended\nnext");
    List<String> after = terminal.lines();
    view.close();

    // Then
    assertThat(before).containsExactly("frame 2");
    assertThat(after).containsExactly("begun, ended", "frame 2");
    assertThat(terminal.lines()).containsExactly("begun, ended", "frame 2", "next");
  }

  @Test
  void shouldLeaveTheLastFrameWhereItIs() {
    // Given
    view.show(List.of("frame 1"));

    // When
    view.settle();
    above.println("below");
    view.show(List.of("frame 2"));
    view.close();

    // Then
    assertThat(terminal.lines()).containsExactly("frame 1", "below", "frame 2");
  }

  @Test
  void shouldObeyNothingThatIsInALine() {
    // When
    view.show(List.of("a\u001b[2Jb\tc\rd\ne"));
    view.show(List.of("a\u001b[2Jb\tc\rd\ne"));

    // Then
    assertThat(terminal.lines()).containsExactly("a?[2Jb?c?d?e");
  }

  @Test
  void shouldDrawWithoutKnowingTheSize() {
    // Given
    view =
        new LiveView(
            new PrintStream(terminal, false, StandardCharsets.UTF_8),
            StandardCharsets.UTF_8,
            () -> Terminal.Size.UNKNOWN);
    above = view.above();

    // When
    for (int i = 0; i < 3; i++) {
      view.show(List.of("y".repeat(100), "z"));
      above.println(LOG.strip());
    }

    // Then
    assertThat(terminal.lines())
        .containsExactly(LOG.strip(), LOG.strip(), LOG.strip(), "y".repeat(79), "z");
  }

  @Test
  void shouldLetManyThreadsPrint() throws Exception {
    // Given
    CountDownLatch begin = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      PrintStream own = t % 2 == 0 ? above : view.above();
      String name = "thread " + t + " ";
      threads.add(
          new Thread(
              () -> {
                try {
                  begin.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                for (int i = 0; i < 50; i++) {
                  own.println(name + i + " " + LOG.strip());
                  view.show(frame(i));
                }
              }));
    }
    threads.forEach(Thread::start);

    // When
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    view.show(frame(7));

    // Then
    assertThat(terminal.lines()).hasSize(200 + 4).doesNotHaveDuplicates();
    assertThat(terminal.lines().subList(200, 204)).isEqualTo(frame(7));
    assertThat(terminal.lines().subList(0, 200)).allMatch(line -> line.endsWith(LOG.strip()));
  }
}
