package io.readlens.stream.chaos;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of a plan.
 *
 * @param recoveries one for each strike, in order
 * @param surprises ends of processes that no fault explains, with what they said last
 * @param sent how many reads were sent
 * @param unread those of them that were deleted before anybody read them
 * @param outcomes how many a read_committed consumer sees
 * @param aborted what a read_uncommitted one sees beside them
 * @param verdict on those that a read_committed consumer sees
 * @param uncommitted on those that a read_uncommitted one sees
 * @param ledger what is wrong with the ledger, see {@link LedgerAudit}
 * @param duration of all, from the first start to the last look
 */
record Report(
    Plan plan,
    List<Recovery> recoveries,
    List<String> surprises,
    int sent,
    Deletions.Unread unread,
    int outcomes,
    Set<Outcome> aborted,
    Verdict verdict,
    Verdict uncommitted,
    List<String> ledger,
    Duration duration) {
  private static final Set<Fault> KILLS = EnumSet.of(Fault.KILL_LONE, Fault.KILL_ONE_OF_TWO);

  /** How many reads must have an outcome. */
  int due() {
    return sent - unread.expired().size() - unread.withTopic().size();
  }

  /** How many reads were deleted after an outcome of theirs was taken back. */
  int neverCommitted() {
    Set<String> deleted =
        Stream.concat(unread.expired().stream(), unread.withTopic().stream())
            .map(SentRead::id)
            .collect(Collectors.toSet());
    return (int) aborted.stream().map(Outcome::readId).filter(deleted::contains).distinct().count();
  }

  /** How many records were taken back that were in open transactions of processes when killed. */
  int killed() {
    return recoveries.stream()
        .filter(each -> KILLS.contains(each.fault()))
        .mapToInt(each -> each.open(aborted))
        .sum();
  }

  @Override
  public String toString() {
    return """
        %s, seed %d: %,d reads, %d faults, %.0f s
        aborted: records in transactions that were open at the fault, all taken back
        lasted: seconds until the cause was gone
        first: seconds until a record was committed that is newer than the fault
        readers: seconds until no transaction of before hides records from committed readers
        paused: each partition's longest time in seconds without a new committed record
        ended: processes and their exit codes; a supervisor starts them again at once

        """
            .formatted(
                plan.app().getSimpleName(),
                plan.seed(),
                sent,
                plan.strikes().size(),
                duration.toMillis() / 1e3)
        + Recovery.HEADER
        + recoveries.stream().map(recovery -> recovery.line(aborted)).collect(Collectors.joining())
        + "\n%,d outcomes committed, %,d aborted; %s\n".formatted(outcomes, aborted.size(), verdict)
        + "deleted unread: %,d counted by the ledger as expired, %,d gone with their topic\n"
            .formatted(unread.expired().size(), unread.withTopic().size())
        + "ledger: %s\n".formatted(ledger.isEmpty() ? "as sent, always in balance" : some(ledger))
        + surprises.stream().map("surprise: %s\n"::formatted).collect(Collectors.joining());
  }

  private static String some(List<String> faults) {
    return faults.size() + " faults, such as " + faults.get(0);
  }
}
