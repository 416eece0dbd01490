package io.readlens.stream.chaos;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.config.AppConfig;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * What one would write first, and what must fail: the same input, output, guarantee and defaults as
 * the product, but reads wait for their batch in a {@link NaiveBuffer}. Takes the path of the
 * properties and that of the device.
 */
final class NaiveApp {
  private NaiveApp() {}

  public static void main(String[] args) throws InterruptedException {
    Leash.hold();
    AppConfig config = Product.configuration(Path.of(args[0]));
    Registry registry = Registry.connect(config.registry());
    Properties properties = new Properties();
    properties.putAll(config.kafka());
    KafkaStreams streams =
        new KafkaStreams(
            topology(config.topics(), registry, new FaultyDevice(Path.of(args[1]))), properties);
    CountDownLatch ended = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.setStateListener(
        (state, before) -> {
          if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
            ended.countDown();
          }
        });
    streams.start();
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    ended.await();
    System.exit(streams.state() == KafkaStreams.State.ERROR ? 1 : 0);
  }

  private static Topology topology(Topics topics, Registry registry, FaultyDevice device) {
    RegistrySerde<SequencingRead> reads = topics.reads().serde(registry);
    return new Topology()
        .addSource(
            "reads",
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer(),
            topics.reads().name())
        .addProcessor("buffer", () -> new NaiveBuffer(reads, device), "reads")
        .addSink(
            NaiveBuffer.EXPLANATIONS,
            topics.explanations().name(),
            new ByteArraySerializer(),
            topics.explanations().serde(registry).serializer(),
            "buffer")
        .addSink(
            NaiveBuffer.DEAD_LETTERS,
            topics.deadLetters().name(),
            new ByteArraySerializer(),
            topics.deadLetters().serde(registry).serializer(),
            "buffer");
  }
}
