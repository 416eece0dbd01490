package io.readlens.stream.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A request as the registry's endpoints see it.
 *
 * @param path its segments, each decoded by itself: {@code /subjects/a%2Fb} has two
 * @param flags the query's parameters that are {@code true}
 * @param body JSON null where there is none
 */
record RegistryRequest(String method, List<String> path, List<String> flags, JsonNode body) {
  private static final String AVRO = "AVRO";

  static RegistryRequest of(String method, URI uri, JsonNode body) {
    return new RegistryRequest(
        method,
        path(uri.getRawPath()),
        flags(uri.getRawQuery()),
        body == null ? NullNode.instance : body);
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  /** The body's schema; refuses what this registry would otherwise silently drop. */
  AvroSchema schema() {
    String type = body.path("schemaType").asText(AVRO);
    if (!type.equals(AVRO)) {
      throw RegistryException.invalidSchema("type " + type + " is not supported, only " + AVRO);
    }
    for (String unsupported : List.of("references", "metadata", "ruleSet")) {
      if (!body.path(unsupported).isEmpty()) {
        throw RegistryException.invalidSchema(unsupported + " are not supported");
      }
    }
    if (!body.path("schema").isTextual()) {
      throw RegistryException.invalidSchema("the body has no \"schema\" that is a string");
    }
    try {
      AvroSchema schema = new AvroSchema(body.path("schema").textValue());
      schema.validate(false);
      return has("normalize") ? schema.normalize() : schema;
    } catch (RuntimeException e) {
      throw RegistryException.invalidSchema(e.getMessage());
    }
  }

  CompatibilityLevel level() {
    String name = body.path("compatibility").asText().toUpperCase(Locale.ROOT);
    CompatibilityLevel level = CompatibilityLevel.forName(name);
    if (level == null) {
      throw RegistryException.invalidCompatibilityLevel();
    }
    return level;
  }

  /** A slash at the end is allowed: Confluent's client sends one. */
  private static List<String> path(String raw) {
    String trimmed = raw.replaceAll("^/|/$", "");
    return trimmed.isEmpty()
        ? List.of()
        : Arrays.stream(trimmed.split("/", -1)).map(RegistryRequest::decode).toList();
  }

  private static List<String> flags(String raw) {
    return raw == null
        ? List.of()
        : Arrays.stream(raw.split("&", -1))
            .filter(parameter -> parameter.endsWith("=true"))
            .map(parameter -> parameter.substring(0, parameter.length() - "=true".length()))
            .toList();
  }

  private static String decode(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
