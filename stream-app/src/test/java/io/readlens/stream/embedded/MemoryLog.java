package io.readlens.stream.embedded;

import java.util.ArrayList;
import java.util.List;

/**
 * A log without a broker, which can lose acknowledgements.
 *
 * <p>Threading: as the store calls it, one thread at a time.
 */
final class MemoryLog {
  /** What becomes of the next records. */
  enum Fault {
    NONE,
    RECORD_LOST,
    ONLY_ACKNOWLEDGEMENT_LOST
  }

  private final List<LogRecord> records = new ArrayList<>();
  private int read;
  private Fault fault = Fault.NONE;

  synchronized void append(LogRecord entry) {
    if (fault != Fault.RECORD_LOST) {
      records.add(entry);
    }
    if (fault != Fault.NONE) {
      throw RegistryException.storeFailed(new IllegalStateException("injected"));
    }
  }

  synchronized List<LogRecord> unread() {
    List<LogRecord> unread = List.copyOf(records.subList(read, records.size()));
    read = records.size();
    return unread;
  }

  synchronized void failWith(Fault next) {
    fault = next;
  }

  synchronized List<LogRecord> records() {
    return List.copyOf(records);
  }

  SchemaStore store() {
    return new SchemaStore(this::append, this::unread);
  }
}
