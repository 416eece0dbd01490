package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TorchProcessTest {
  private static final TorchProcess.C LIBC = Native.load("c", TorchProcess.C.class);
  private static final String CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

  @Test
  void boundsWhatOneDnnKeeps() {
    // Given a process that nobody has told how much
    // When it is prepared
    TorchProcess.forInference();

    // Then libraries that are loaded from now on read the bound in their environment
    assertThat(LIBC.getenv(CAPACITY)).isEqualTo("32");
  }

  @Test
  void leavesWhatTheEnvironmentSays() {
    // Given an environment with a bound of its own
    String before = LIBC.getenv(CAPACITY);
    LIBC.setenv(CAPACITY, "7", 1);

    // When the process is prepared
    TorchProcess.forInference();

    // Then that bound stands
    assertThat(LIBC.getenv(CAPACITY)).isEqualTo("7");
    LIBC.setenv(CAPACITY, before == null ? "32" : before, 1);
  }
}
