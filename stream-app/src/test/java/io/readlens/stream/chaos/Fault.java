package io.readlens.stream.chaos;

import java.util.List;

/** What is done to a system that reads flow through. */
enum Fault {
  /** The supervisor starts it again at once. */
  KILL_LONE("kill -9 of the only instance", 1, 1, Fault.KILLED, 1),

  /** The other goes on alone; a successor is started when it has taken over. */
  KILL_ONE_OF_TWO("kill -9 of one of two instances", 2, 2, Fault.KILLED, 1),

  /** It is started again on its data and port, at once or a few seconds later. */
  KILL_BROKER("kill -9 of the broker", 0, 0, Fault.FAILED, 0),

  /** The supervisor starts it again when it has ended in order. */
  TERMINATE("SIGTERM of an instance", 0, 0, Fault.TERMINATED, 1),

  /** It strikes when the newcomer joins. */
  ADD("an instance more", 1, 2, Fault.NONE, 0),

  /** By SIGTERM. */
  REMOVE("an instance fewer", 2, 1, Fault.TERMINATED, 1),

  /** While it is down, reads come in a schema that nobody has asked it for yet. */
  REGISTRY_DOWN("the registry down", 0, 0, Fault.FAILED, 1),

  /** For a while every batch fails, the canary too. */
  DEVICE_FAILS("a device that fails", 0, 0, Fault.FAILED, 1),

  /** It returns from no batch until its process has ended. */
  DEVICE_HANGS("a device that hangs", 0, 0, Fault.FAILED, 1),

  /** SIGSTOP, and SIGCONT later: to all others it is as good as dead meanwhile. */
  STOP_INSTANCE("SIGSTOP of an instance", 0, 0, Fault.NONE, 0),

  /** SIGSTOP, and SIGCONT later: its connections stay, and nobody answers on them. */
  STOP_BROKER("SIGSTOP of the broker", 0, 0, Fault.FAILED, 0),

  /** The reads topic has one more, and only then the ledger, as documented. */
  RAISE_PARTITIONS("a partition more", 0, 0, Fault.FAILED, 0),

  /** At once or a few seconds later. What it held unread is gone. */
  RECREATE_READS("the reads topic created anew", 0, 0, Fault.FAILED, 0),

  /** All that the reads topic holds at that moment, as short a retention would. */
  EXPIRE_READS("reads deleted unread", 0, 0, Fault.NONE, 0),

  /** Until the broker has given up; then there is room again, and it is started again. */
  FILL_DISK("the broker's disk full", 0, 0, Fault.FAILED, 0),

  /** Files that differ from their digests, or are not there. */
  BAD_CHECKPOINT("a bad checkpoint published", 0, 0, Fault.NONE, 0);

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
  private final int leastEndings;

  /**
   * @param before how many instances must run; 0: it does not matter
   * @param after how many run when all is over; 0: as many as before
   * @param exitCode of the processes that it ends; NONE if it ends none
   * @param leastEndings how many processes end because of it, at least
   */
  Fault(String label, int before, int after, int exitCode, int leastEndings) {
    this.label = label;
    this.before = before;
    this.after = after;
    this.exitCode = exitCode;
    this.leastEndings = leastEndings;
  }

  /** Whether it can strike while so many instances run. */
  boolean canStrike(int instances) {
    return before == 0 || before == instances;
  }

  /** How many instances run when all is over. */
  int leaves(int instances) {
    return after == 0 ? instances : after;
  }

  int leastEndings() {
    return leastEndings;
  }

  /**
   * Whether processes end so because of it: one by a signal, any number by themselves, for they may
   * start and fail again.
   */
  boolean explains(List<Instance.Ending> ended) {
    boolean bySignal = exitCode > 128;
    return ended.stream().allMatch(ending -> exitCode != NONE && ending.exitCode() == exitCode)
        && ended.size() >= leastEndings
        && (!bySignal || ended.size() == 1);
  }

  @Override
  public String toString() {
    return label;
  }
}
