package io.readlens.model.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "unset",
      value = {
        "xterm-256color, true",
        "screen, true",
        "tmux-256color, true",
        "linux, true",
        "vt100, true",
        "xterm, true",
        "alacritty, true",
        "dumb, false",
        "dumb-emacs-ansi, false",
        "emacs, false",
        "unknown, false",
        "network, false",
        "'', false",
        "' ', false",
        "unset, false"
      })
  void shouldRedrawWhereTheCursorCanBeMoved(String kind, boolean redrawn) {
    // When, Then
    assertThat(Terminal.isRedrawn(kind)).isEqualTo(redrawn);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "unset",
      value = {"unset, true", "'', true", "1, false", "0, false"})
  void shouldPaintUnlessSomebodyRefuses(String refused, boolean painted) {
    // When, Then
    assertThat(Terminal.wantsColours(refused)).isEqualTo(painted);
  }

  /** The C library, as far as it makes terminals. */
  private interface C extends Library {
    int posix_openpt(int flags);

    int grantpt(int descriptor);

    int unlockpt(int descriptor);

    String ptsname(int descriptor);

    NativeLong read(int descriptor, byte[] buffer, NativeLong most);

    int close(int descriptor);
  }

  /** Shows two frames, or lines where it may not, and says whether it may paint. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Optional<LiveView> view = LiveView.onOutput();
      Optional<LiveView> second = LiveView.onOutput();
      for (int i = 1; i <= 2; i++) {
        List<String> frame = List.of("frame " + i);
        view.ifPresentOrElse(live -> live.show(frame), () -> System.out.println("line"));
      }
      view.ifPresent(LiveView::close);
      System.out.println("painted " + Terminal.isOutputPainted() + ", " + second.isPresent());
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "unset",
      value = {
        "xterm, unset, true, true",
        "xterm, 1, true, false",
        "dumb, unset, false, false",
        "unset, unset, false, false",
        "'', unset, false, false"
      })
  @EnabledOnOs(OS.LINUX)
  void shouldTakeWhatTheEnvironmentSaysOfATerminal(
      String kind, String refused, boolean redrawn, boolean painted) throws Exception {
    // Given
    C c = Native.load("c", C.class);
    int terminal = c.posix_openpt(2); // O_RDWR
    assertThat(c.grantpt(terminal) + c.unlockpt(terminal)).isZero();
    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectOutput(new File(c.ptsname(terminal)));
    Map.of("TERM", Optional.ofNullable(kind), "NO_COLOR", Optional.ofNullable(refused))
        .forEach(
            (name, value) ->
                value.ifPresentOrElse(
                    each -> program.environment().put(name, each),
                    () -> program.environment().remove(name)));

    // When
    assertThat(program.start().waitFor()).isZero();

    // Then
    byte[] buffer = new byte[4096];
    int length = c.read(terminal, buffer, new NativeLong(buffer.length)).intValue();
    c.close(terminal);
    String shown = new String(buffer, 0, Math.max(0, length), StandardCharsets.UTF_8);
    assertThat(shown).endsWith("painted " + painted + ", false\r\n");
    if (redrawn) {
      assertThat(shown).contains("frame 2\u001b[K");
    } else {
      assertThat(shown).startsWith("line\r\nline\r\n").doesNotContain("\u001b");
    }
  }
}
