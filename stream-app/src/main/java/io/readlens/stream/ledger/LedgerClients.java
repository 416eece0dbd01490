package io.readlens.stream.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients that Kafka Streams would make itself, but that producers write the ledger, and that
 * none of them keeps an application from its end.
 *
 * <p>Threading: safe for use by many threads.
 */
final class LedgerClients implements KafkaClientSupplier {
  /** How long a consumer may take to leave its group; Kafka's own is half a minute. */
  private static final Duration LEAVING = Duration.ofSeconds(3);

  private final Ledger ledger;
  private final Set<LedgerProducer> producers = ConcurrentHashMap.newKeySet();

  LedgerClients(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Closes the producers under the stream threads, and with them what they have begun: a thread
   * that waits for a record or a transaction goes on, with an error.
   */
  void abandon() {
    producers.forEach(producer -> producer.close(Duration.ZERO));
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    LedgerProducer producer = new LedgerProducer(config, ledger);
    producers.removeIf(LedgerProducer::isClosed);
    producers.add(producer);
    return producer;
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()) {
      @Override
      public void close(CloseOptions how) {
        super.close(how.timeout().isPresent() ? how : how.withTimeout(LEAVING));
      }
    };
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return getConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return getConsumer(config);
  }

  /**
   * Sends the ledger's changes ahead of the offsets, in the same transaction: with exactly_once_v2
   * that is the last thing Streams does before it commits, on the stream thread, for all tasks of
   * the thread, at its interval as at a revocation and a close.
   */
  private static final class LedgerProducer extends KafkaProducer<byte[], byte[]> {
    private final Ledger ledger;

    /** Why a record cannot be written; the transaction's own error does not say to which topic. */
    private volatile RecordTooLargeException tooLarge;

    private volatile boolean closed;

    LedgerProducer(Map<String, Object> config, Ledger ledger) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
      this.ledger = ledger;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      return super.send(
          record,
          (sent, failure) -> {
            if (failure instanceof RecordTooLargeException) {
              tooLarge = tooLarge(record.topic(), failure);
            }
            if (callback != null) {
              callback.onCompletion(
                  sent, failure instanceof RecordTooLargeException ? tooLarge : failure);
            }
          });
    }

    /** What the client itself refuses says why; brokers do not say which topic has which limit. */
    private static RecordTooLargeException tooLarge(String topic, Exception failure) {
      String said = String.valueOf(failure.getMessage());
      return new RecordTooLargeException(
          said.contains(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)
              ? "a record for %s cannot be sent: %s".formatted(topic, said)
              : "%s takes no record as large as one that is to be written: raise its max.message.bytes with Kafka's own tools, then start again"
                  .formatted(topic));
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      try {
        sendWithLedger(offsets, group);
      } catch (TimeoutException e) {
        throw new TransactionLostException("cannot add offsets to a transaction", e);
      } catch (KafkaException e) {
        throw tooLarge == null ? e : tooLarge;
      }
    }

    @Override
    public void commitTransaction() {
      try {
        super.commitTransaction();
      } catch (TimeoutException e) {
        throw new TransactionLostException("nobody knows whether a transaction is committed", e);
      } catch (KafkaException e) {
        throw tooLarge == null ? e : tooLarge;
      }
    }

    boolean isClosed() {
      return closed;
    }

    @Override
    public void close(Duration atMost) {
      closed = true;
      super.close(atMost);
    }

    private void sendWithLedger(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      Map<TopicPartition, OffsetAndMetadata> settled = ledger.settle(offsets);
      // A record that cannot be sent fails the commit.
      ledger
          .changes()
          .forEach(
              change -> {
                Future<RecordMetadata> unused = send(change);
              });
      super.sendOffsetsToTransaction(settled, group);
    }
  }
}
