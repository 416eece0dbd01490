package io.readlens.stream.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A log without a broker, which can lose acknowledgements and tempt writers into a race.
 *
 * <p>Threading: any thread, so that a store that lets in two writers is found out, not broken.
 */
final class MemoryLog {
  /** What becomes of the next records. */
  enum Fault {
    NONE,
    RECORD_LOST,
    ONLY_ACKNOWLEDGEMENT_LOST
  }

  private static final long SECOND_WRITER_LIMIT_MILLIS = 300;

  private final List<LogRecord> records = new ArrayList<>();
  private final CountDownLatch writers = new CountDownLatch(2);
  private volatile boolean holdsFirstWriter;
  private int read;
  private Fault fault = Fault.NONE;

  void append(LogRecord entry) {
    writers.countDown();
    if (holdsFirstWriter) {
      letASecondWriterCatchUp();
    }
    synchronized (this) {
      if (fault != Fault.RECORD_LOST) {
        records.add(entry);
      }
      if (fault != Fault.NONE) {
        throw RegistryException.storeFailed(new IllegalStateException("injected"));
      }
    }
  }

  /** Keeps the first writer waiting, so that a second one, if it can, decides on the same state. */
  void holdFirstWriter() {
    holdsFirstWriter = true;
  }

  private void letASecondWriterCatchUp() {
    try {
      boolean unused = writers.await(SECOND_WRITER_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  synchronized List<LogEntry> unread() {
    List<LogEntry> unread =
        IntStream.range(read, records.size())
            .mapToObj(offset -> new LogEntry(offset, records.get(offset)))
            .toList();
    read = records.size();
    return unread;
  }

  synchronized void failWith(Fault next) {
    fault = next;
  }

  synchronized List<LogRecord> records() {
    return List.copyOf(records);
  }

  /** The last record of each key, as Kafka leaves them. */
  synchronized MemoryLog compacted() {
    Map<String, LogRecord> last = new LinkedHashMap<>();
    for (LogRecord entry : records) {
      last.remove(entry.key());
      last.put(entry.key(), entry);
    }
    MemoryLog compacted = new MemoryLog();
    last.values().forEach(compacted::append);
    return compacted;
  }

  SchemaStore store() {
    return new SchemaStore(this::append, this::unread);
  }
}
