/**
 * The ledger: how many reads of each sample came in by each partition of the reads topic, and what
 * became of them; on a compacted topic, in the transactions of the outcomes.
 *
 * <p>One read's way: the processor counts it in its thread's {@link
 * io.readlens.stream.ledger.Tallies} when it comes and again when its outcome is forwarded. When
 * Kafka Streams commits, the producer that {@link io.readlens.stream.ledger.Ledger#clients} gave it
 * first sends the accounts that have changed. {@link io.readlens.stream.ledger.LedgerView} reads
 * them back, for a task that begins as for anybody else. The decision is ADR 5.
 *
 * <p>May know: Kafka, Kafka Streams' client supplier and the declared topics; nothing of the
 * topology.
 *
 * <p>Traps:
 *
 * <ol>
 *   <li>What a thread has tallied since its last commit dies with its transaction. So every task
 *       whose transaction is aborted must begin anew with what the topic holds; Streams sees to
 *       that, because it sets the task's offsets back in the same way.
 *   <li>A partition of the ledger has one writer, the owner of the same partition of the reads
 *       topic. Its successor may begin before the writer's last transaction is over here, so it
 *       waits for that.
 * </ol>
 */
package io.readlens.stream.ledger;
