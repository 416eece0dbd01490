package io.readlens.stream.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Reads, and what they took.
 *
 * @param reads how many
 * @param seconds by the clock
 * @param cpuSeconds of this JVM's threads together; the broker's are another process's
 */
record Rate(long reads, double seconds, double cpuSeconds) {
  private static final double NANOS = 1e9;

  /** A moment from which reads are counted. */
  record Start(long nanoTime, long cpuNanos) {
    static Start now() {
      return new Start(System.nanoTime(), processCpuNanos());
    }

    Rate until(long reads) {
      return new Rate(
          reads, (System.nanoTime() - nanoTime) / NANOS, (processCpuNanos() - cpuNanos) / NANOS);
    }
  }

  private static long processCpuNanos() {
    try {
      ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
      return (Long)
          ManagementFactory.getPlatformMBeanServer().getAttribute(system, "ProcessCpuTime");
    } catch (JMException e) {
      throw new IllegalStateException("this JVM does not know its CPU time", e);
    }
  }

  double perSecond() {
    return reads / seconds;
  }

  /** CPU time that this JVM spent on a read, in microseconds. */
  double cpuMicros() {
    return cpuSeconds / reads * 1e6;
  }

  /** All of several turns taken together. */
  static Rate of(List<Rate> turns) {
    return new Rate(
        turns.stream().mapToLong(Rate::reads).sum(),
        turns.stream().mapToDouble(Rate::seconds).sum(),
        turns.stream().mapToDouble(Rate::cpuSeconds).sum());
  }

  double over(Rate other) {
    return perSecond() / other.perSecond();
  }
}
