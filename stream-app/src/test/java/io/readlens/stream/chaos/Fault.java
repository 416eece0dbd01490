package io.readlens.stream.chaos;

import java.util.List;

/** What is done to a system that reads flow through. */
enum Fault {
  /** The supervisor starts it again at once. */
  KILL_LONE("kill -9 of the only instance", 1, 1, Fault.KILLED),

  /** The other goes on alone; a successor is started when it has taken over. */
  KILL_ONE_OF_TWO("kill -9 of one of two instances", 2, 2, Fault.KILLED),

  /** It is started again on its data and port, at once or a few seconds later. */
  KILL_BROKER("kill -9 of the broker", 0, 0, Fault.FAILED),

  /** The supervisor starts it again when it has ended in order. */
  TERMINATE("SIGTERM of an instance", 0, 0, Fault.TERMINATED),

  /** It strikes when the newcomer joins. */
  ADD("an instance more", 1, 2, Fault.NONE),

  /** By SIGTERM. */
  REMOVE("an instance fewer", 2, 1, Fault.TERMINATED),

  /** While it is down, reads come in a schema that nobody has asked it for yet. */
  REGISTRY_DOWN("the registry down", 0, 0, Fault.FAILED),

  /** For a while every batch fails, the canary too. */
  DEVICE_FAILS("a device that fails", 0, 0, Fault.FAILED),

  /** It returns from no batch until its process has ended. */
  DEVICE_HANGS("a device that hangs", 0, 0, Fault.FAILED);

  /** What a shell reports of a process that signal 9 ended. */
  static final int KILLED = 128 + 9;

  static final int TERMINATED = 128 + 15;

  /** What the product says when it gives up. */
  private static final int FAILED = 1;

  private static final int NONE = 0;

  private final String label;
  private final int before;
  private final int after;
  private final int exitCode;

  /**
   * @param before how many instances must run; 0: it does not matter
   * @param after how many run when all is over; 0: as many as before
   * @param exitCode of the processes that it ends; NONE if it ends none
   */
  Fault(String label, int before, int after, int exitCode) {
    this.label = label;
    this.before = before;
    this.after = after;
    this.exitCode = exitCode;
  }

  /** Whether it can strike while so many instances run. */
  boolean canStrike(int instances) {
    return before == 0 || before == instances;
  }

  /** How many instances run when all is over. */
  int leaves(int instances) {
    return after == 0 ? instances : after;
  }

  /** How many processes end because of it, at least. All may live on without their broker. */
  int leastEndings() {
    return exitCode == NONE || this == KILL_BROKER ? 0 : 1;
  }

  /**
   * Whether processes end so because of it: one by a signal, any number by themselves, for they may
   * start and fail again.
   */
  boolean explains(List<Instance.Ending> ended) {
    boolean bySignal = exitCode > 128;
    return ended.stream().allMatch(ending -> ending.exitCode() == exitCode)
        && ended.size() >= leastEndings()
        && (!bySignal || ended.size() == 1);
  }

  @Override
  public String toString() {
    return label;
  }
}
