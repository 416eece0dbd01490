package io.readlens.schemas;

import io.readlens.schemas.UndecodableException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One record type in Confluent's wire format: a zero byte, the schema's id in four bytes (big
 * endian), the record in Avro binary, and nothing after it. The schema's subject is {@code
 * <topic>-value}.
 *
 * <p>Records of every schema that Avro can resolve to the compiled one are read. They are written
 * in the compiled one, as its Avro file has it, or in the subject's latest, as the {@link Registry}
 * was told.
 *
 * <p>Threading: safe for use by many threads. Immutable but for its caches; {@code configure} of
 * its parts does nothing and closing it leaves the registry open.
 */
public final class RegistrySerde<T extends SpecificRecord> implements Serde<T> {
  private static final byte MAGIC = 0;
  private static final int HEADER = 1 + Integer.BYTES;
  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  static {
    TrustedClasses.trust();
  }

  private final Registry registry;
  private final SpecificData model;
  private final Schema own;
  private final Schema published;
  private final Map<String, Writer> writers = new ConcurrentHashMap<>();
  private final Map<Integer, DatumReader<T>> readers = new ConcurrentHashMap<>();

  /**
   * @param type a class that Avro generated
   * @param registry asked for schemas and ids, each once
   */
  public RegistrySerde(Class<T> type, Registry registry) {
    this.registry = registry;
    this.model = SpecificData.getForClass(type);
    this.own = model.getSchema(type);
    this.published = published(own);
  }

  /**
   * A compiled schema as its Avro file has it. The compiler notes in it how Java is to hold
   * strings; registered with that note it would be another schema, with another id, than the file.
   */
  static Schema published(Schema compiled) {
    return new Schema.Parser()
        .parse(compiled.toString().replace(",\"avro.java.string\":\"String\"", ""));
  }

  @Override
  public Serializer<T> serializer() {
    return this::serialize;
  }

  @Override
  public Deserializer<T> deserializer() {
    return this::deserialize;
  }

  /**
   * @return the record's bytes; null for null
   * @throws RegistryException if the registry fails or refuses the schema
   * @throws SerializationException if the record does not fit its schema
   */
  public byte[] serialize(String topic, T data) {
    if (data == null) {
      return null;
    }
    Writer writer = writers.get(topic);
    if (writer == null) {
      writer = new Writer(registry.forWriting(Topic.subject(topic), published));
      writers.put(topic, writer);
    }
    try {
      return writer.write(data, BUFFERS.get());
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "cannot write a " + own.getFullName() + " to " + topic + ": " + e.getMessage(), e);
    }
  }

  /**
   * @return the record; null for null
   * @throws UndecodableException if the bytes are at fault
   * @throws RegistryException if the registry fails or refuses to answer
   */
  public T deserialize(String topic, byte[] data) {
    if (data == null) {
      return null;
    }
    if (data.length < HEADER || data[0] != MAGIC) {
      throw new UndecodableException(
          Kind.NOT_FRAMED,
          data.length < HEADER
              ? data.length + " bytes are too few for a schema id and a record"
              : "the first byte is " + data[0] + ", not 0");
    }
    int id = ByteBuffer.wrap(data, 1, Integer.BYTES).getInt();
    if (id < 0) {
      throw new UndecodableException(
          Kind.UNKNOWN_SCHEMA, "no schema has the id " + id + ", and no registry is asked for it");
    }
    DatumReader<T> reader = readers.get(id);
    if (reader == null) {
      reader = new SpecificDatumReader<>(registry.forReading(id), own, model);
      readers.put(id, reader);
    }
    BinaryDecoder decoder = BUFFERS.get().decode(data, HEADER);
    boolean atEnd;
    T read;
    try {
      read = reader.read(null, decoder);
      atEnd = decoder.isEnd();
    } catch (SecurityException e) {
      throw e; // A class that Avro was not told to trust: this program's fault, not the record's.
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new UndecodableException(
          Kind.CORRUPT,
          "not a record of schema " + id + " that reads as " + own.getFullName() + ": " + e,
          e);
    }
    if (!atEnd) {
      throw new UndecodableException(
          Kind.CORRUPT, "there are bytes left after the record of schema " + id);
    }
    return read;
  }

  /** Writes records of the compiled schema in the schema of one subject. */
  private final class Writer {
    private final Registry.Registered target;
    private final boolean same;
    private final DatumWriter<T> compiled = new SpecificDatumWriter<>(own, model);

    Writer(Registry.Registered target) {
      this.target = target;
      this.same = target.schema().equals(published);
    }

    byte[] write(T data, Buffers buffers) throws IOException {
      if (same) {
        return buffers.encode(target.id(), compiled, data);
      }
      // A generated record answers by position, so another schema needs Avro's own resolution.
      byte[] asCompiled = buffers.encode(target.id(), compiled, data);
      Object resolved =
          new GenericDatumReader<>(published, target.schema())
              .read(null, buffers.decode(asCompiled, HEADER));
      return buffers.encode(target.id(), new GenericDatumWriter<>(target.schema()), resolved);
    }
  }

  /** What one thread needs to write or read one record, kept for its next. */
  private static final class Buffers {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    private BinaryEncoder encoder;
    private BinaryDecoder decoder;

    <D> byte[] encode(int id, DatumWriter<D> writer, D datum) throws IOException {
      encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
      bytes.reset(); // After the line above: it flushes what a failed record left behind.
      encoder.writeFixed(ByteBuffer.allocate(HEADER).put(MAGIC).putInt(id).array());
      writer.write(datum, encoder);
      encoder.flush();
      return bytes.toByteArray();
    }

    BinaryDecoder decode(byte[] data, int from) {
      decoder = DecoderFactory.get().binaryDecoder(data, from, data.length - from, decoder);
      return decoder;
    }
  }
}
