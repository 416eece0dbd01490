package io.readlens.schemas;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.confluent.kafka.schemaregistry.client.rest.entities.SubjectVersion;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.readlens.schemas.UndecodableException.Kind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * A schema registry that speaks Confluent's protocol. It tells a registry that fails ({@link
 * RegistryException}) from one that says a record is at fault ({@link UndecodableException}).
 *
 * <p>Ids and their schemas never change, so they are asked for once. An id that the registry does
 * not know is asked for again after a second: such records may come by the thousand, so each must
 * not cost a request; but the id may be given to a schema at any time, and until then every good
 * record that carries it would be set aside.
 *
 * <p>Threading: safe for use by many threads; one connection is best shared by all serdes.
 */
public final class Registry implements AutoCloseable {
  private static final int SCHEMA_NOT_FOUND = 40403;
  private static final int FIRST_ID = 1;
  private static final int SCHEMAS_PER_SUBJECT = 1000;
  private static final long UNKNOWN_ID_SECONDS = 1;

  /** What the client reads under its plain name and under {@code schema.registry.}. */
  private static final List<String> CREDENTIALS =
      List.of(
          SchemaRegistryClientConfig.BASIC_AUTH_CREDENTIALS_SOURCE,
          SchemaRegistryClientConfig.USER_INFO_CONFIG,
          SchemaRegistryClientConfig.BEARER_AUTH_CREDENTIALS_SOURCE,
          SchemaRegistryClientConfig.BEARER_AUTH_TOKEN_CONFIG,
          SchemaRegistryClientConfig.BEARER_AUTH_CUSTOM_PROVIDER_CLASS,
          SchemaRegistryClientConfig.BEARER_AUTH_LOGICAL_CLUSTER,
          SchemaRegistryClientConfig.BEARER_AUTH_IDENTITY_POOL_ID);

  /**
   * What the client reads under {@code schema.registry.} only, from its byte code. Of Kafka's
   * {@code ssl.*} it does not read {@code ssl.cipher.suites}, {@code ssl.enabled.protocols} and
   * {@code ssl.engine.factory.class}.
   */
  private static final List<String> PREFIXED =
      List.of(
          SchemaRegistryClientConfig.HTTP_CONNECT_TIMEOUT_MS,
          SchemaRegistryClientConfig.HTTP_READ_TIMEOUT_MS,
          SchemaRegistryClientConfig.PROXY_HOST,
          SchemaRegistryClientConfig.PROXY_PORT,
          SaslConfigs.SASL_JAAS_CONFIG,
          SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
          SslConfigs.SSL_KEY_PASSWORD_CONFIG,
          SslConfigs.SSL_KEYMANAGER_ALGORITHM_CONFIG,
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
          SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
          SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
          SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG,
          SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
          SslConfigs.SSL_PROTOCOL_CONFIG,
          SslConfigs.SSL_PROVIDER_CONFIG,
          SslConfigs.SSL_SECURE_RANDOM_IMPLEMENTATION_CONFIG,
          SslConfigs.SSL_TRUSTMANAGER_ALGORITHM_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG);

  private static final String HOST_NAMES =
      "schema.registry." + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG;

  private static final Set<String> NAMES =
      Stream.of(
              Stream.of("schema.registry.url", "auto.register.schemas", "use.latest.version"),
              CREDENTIALS.stream(),
              Stream.concat(CREDENTIALS.stream(), PREFIXED.stream())
                  .map("schema.registry."::concat))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

  /** What stands before a key that is a plug-in's own. */
  public static final String PLUGIN_PREFIX = "schema.registry.plugin.";

  private static final Pattern CLIENT_KEYS =
      Pattern.compile("(schema\\.registry|basic\\.auth|bearer\\.auth)\\..+");

  private final SchemaRegistryClient client;
  private final boolean register;
  private final boolean latest;
  private final Map<Integer, String> unusable = new ConcurrentHashMap<>();

  /**
   * @param client asked for everything; closed with this object
   * @param register whether a schema that the registry lacks is registered when it is first written
   * @param latest whether records are written in the subject's latest schema rather than in this
   *     build's own
   */
  public Registry(SchemaRegistryClient client, boolean register, boolean latest) {
    this.client = client;
    this.register = register;
    this.latest = latest;
  }

  /**
   * Reads the configuration; the registry itself is first asked when a record needs it. The keys,
   * named as in Confluent's own serializers:
   *
   * <ul>
   *   <li>{@code schema.registry.url}: one or more addresses, comma-separated; required
   *   <li>{@code auto.register.schemas}: see the constructor; true unless set
   *   <li>{@code use.latest.version}: see the constructor; false unless set; goes before {@code
   *       auto.register.schemas}
   *   <li>{@code basic.auth.*}, {@code bearer.auth.*}, {@code schema.registry.*}: credentials, TLS
   *       ({@code schema.registry.ssl.*}) and time-outs ({@code schema.registry.http.*}), handed to
   *       Confluent's client
   * </ul>
   *
   * A certificate must name the registry's host unless {@code
   * schema.registry.ssl.endpoint.identification.algorithm} is set to nothing.
   *
   * <p>A key after {@code schema.registry.plugin.} is a plug-in's own, such as a credential
   * provider's, and handed over without that prefix. Every other key is ignored, for it is meant
   * for Kafka.
   *
   * @throws ConfigException if the address is missing or a switch is neither true nor false
   */
  public static Registry connect(Map<String, ?> config) {
    Object urls = config.get("schema.registry.url");
    if (urls == null || urls.toString().isBlank()) {
      throw new ConfigException("schema.registry.url is not set");
    }
    Map<String, Object> forClient = new HashMap<>();
    // The client itself would believe a certificate of any host's; the empty word asks it to.
    forClient.put(HOST_NAMES, "https");
    config.forEach(
        (key, value) -> {
          if (value != null && key.startsWith(PLUGIN_PREFIX)) {
            forClient.put("schema.registry." + key.substring(PLUGIN_PREFIX.length()), value);
          } else if (value != null && CLIENT_KEYS.matcher(key).matches()) {
            forClient.put(key, value);
          }
        });
    forClient.put("missing.id.cache.ttl.sec", UNKNOWN_ID_SECONDS);
    SchemaRegistryClient client =
        SchemaRegistryClientFactory.newClient(
            List.of(urls.toString().strip().split("\\s*,\\s*")),
            SCHEMAS_PER_SUBJECT,
            List.of(new AvroSchemaProvider()),
            forClient,
            Map.of());
    return new Registry(
        client,
        flag(config, "auto.register.schemas", true),
        flag(config, "use.latest.version", false));
  }

  /** All keys that {@link #connect} heeds, but for those of plug-ins. */
  public static Set<String> configNames() {
    return NAMES;
  }

  private static boolean flag(Map<String, ?> config, String key, boolean otherwise) {
    Object value = config.get(key);
    if (value == null) {
      return otherwise;
    }
    return switch (value.toString().strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ConfigException(key, value, "is neither true nor false");
    };
  }

  /**
   * Asks for a schema that every reader may see or miss.
   *
   * @throws RegistryException if the registry fails or refuses to answer
   */
  public void requireAnswer() {
    try {
      forReading(FIRST_ID);
    } catch (UndecodableException e) {
      // An answer, too.
    }
  }

  /** A schema and the id that stands for it in records. */
  record Registered(int id, Schema schema) {}

  /**
   * The schema that records of a subject are written in.
   *
   * @param own this build's schema, as its Avro file has it
   * @throws RegistryException if the registry fails or refuses the schema
   */
  Registered forWriting(String subject, Schema own) {
    try {
      if (latest) {
        SchemaMetadata found = client.getLatestSchemaMetadata(subject);
        ParsedSchema parsed =
            client
                .parseSchema(found.getSchemaType(), found.getSchema(), found.getReferences())
                .orElseThrow(() -> new IOException("its latest version is not readable Avro"));
        return new Registered(found.getId(), (Schema) parsed.rawSchema());
      }
      AvroSchema schema = new AvroSchema(own);
      int id = register ? client.register(subject, schema) : client.getId(subject, schema);
      return new Registered(id, own);
    } catch (IOException e) {
      throw unreachable("cannot be asked for subject " + subject, e);
    } catch (RestClientException e) {
      throw new RegistryException(
          "the schema registry refuses "
              + own.getFullName()
              + " for subject "
              + subject
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /**
   * The schema that an id stands for.
   *
   * @throws UndecodableException if the registry knows no such id, or knows something that is not
   *     Avro by it
   * @throws RegistryException if the registry fails or refuses to answer
   */
  Schema forReading(int id) {
    String why = unusable.get(id);
    if (why != null) {
      throw new UndecodableException(Kind.CORRUPT, why);
    }
    try {
      return (Schema) client.getSchemaById(id).rawSchema();
    } catch (IOException e) {
      throw unparsedOrUnreachable(id, e);
    } catch (RestClientException e) {
      // The code, not status 404: a wrong path or a proxy answers 404 too.
      if (e.getErrorCode() == SCHEMA_NOT_FOUND) {
        throw new UndecodableException(
            Kind.UNKNOWN_SCHEMA, "the schema registry knows no schema " + id, e);
      }
      throw new RegistryException(
          "the schema registry refuses to show schema " + id + ": " + e.getMessage(), e);
    }
  }

  /**
   * The client reports a schema that it cannot parse as it does a dead line, by an IOException. So
   * ask what the id stands for: an answer that no retry can change is the record's fault.
   */
  private RuntimeException unparsedOrUnreachable(int id, IOException failure) {
    String asked = "cannot be asked for schema " + id;
    if (failure.getClass() != IOException.class) {
      return unreachable(asked, failure);
    }
    try {
      for (SubjectVersion place : client.getAllVersionsById(id)) {
        SchemaMetadata found = client.getSchemaMetadata(place.getSubject(), place.getVersion());
        boolean avro = AvroSchema.TYPE.equals(found.getSchemaType());
        if (!avro || (found.getReferences().isEmpty() && !parses(found))) {
          String why = "schema " + id + " is " + (avro ? "not valid Avro" : found.getSchemaType());
          unusable.put(id, why);
          return new UndecodableException(Kind.CORRUPT, why, failure);
        }
      }
    } catch (IOException | RestClientException e) {
      failure.addSuppressed(e);
    }
    return unreachable(asked, failure);
  }

  private boolean parses(SchemaMetadata found) {
    return client
        .parseSchema(found.getSchemaType(), found.getSchema(), found.getReferences())
        .isPresent();
  }

  private static RegistryException unreachable(String what, IOException failure) {
    return new RegistryException("the schema registry " + what + ": " + failure, failure);
  }

  /** Lets the connection go. */
  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw unreachable("does not close", e);
    }
  }
}
