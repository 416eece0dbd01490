package io.readlens.stream.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The registry's table of endpoints: method and path to the rules and back to JSON. */
final class RegistryEndpoints {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANY = "*";

  private record Endpoint(
      String method, List<String> pattern, Function<RegistryRequest, JsonNode> answer) {

    /** A schema is looked up by a POST too. */
    boolean changes() {
      return method.equals("PUT")
          || method.equals("DELETE")
          || (method.equals("POST") && pattern.equals(List.of("subjects", ANY, "versions")));
    }

    boolean isAt(List<String> path) {
      if (path.size() != pattern.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        String expected = pattern.get(i);
        String segment = path.get(i);
        if (expected.equals(ANY) ? segment.isEmpty() : !expected.equals(segment)) {
          return false;
        }
      }
      return true;
    }
  }

  private final SchemaRules rules;
  private final List<Endpoint> endpoints;

  RegistryEndpoints(SchemaRules rules) {
    this.rules = rules;
    endpoints =
        List.of(
            endpoint("GET", "", request -> JSON.createObjectNode()),
            endpoint("GET", "schemas/types", request -> JSON.createArrayNode().add("AVRO")),
            endpoint("GET", "schemas/ids/*", this::schema),
            endpoint("GET", "schemas/ids/*/subjects", this::subjectsOfSchema),
            endpoint("GET", "schemas/ids/*/versions", this::versionsOfSchema),
            endpoint("GET", "subjects", this::subjects),
            endpoint("POST", "subjects/*", this::lookUp),
            endpoint("DELETE", "subjects/*", this::deleteSubject),
            endpoint("GET", "subjects/*/versions", this::versions),
            endpoint("POST", "subjects/*/versions", this::register),
            endpoint("GET", "subjects/*/versions/*", this::version),
            endpoint("DELETE", "subjects/*/versions/*", this::deleteVersion),
            endpoint("GET", "subjects/*/versions/*/schema", this::schemaOfVersion),
            endpoint("POST", "compatibility/subjects/*/versions", this::compatibility),
            endpoint("POST", "compatibility/subjects/*/versions/*", this::compatibility),
            endpoint("GET", "config", request -> level(rules.level())),
            endpoint("PUT", "config", request -> setLevel(null, request.level())),
            endpoint("GET", "config/*", this::levelOfSubject),
            endpoint("PUT", "config/*", this::setLevelOfSubject),
            endpoint("GET", "mode", request -> JSON.createObjectNode().put("mode", "READWRITE")));
  }

  /**
   * @throws RegistryException for every request that is refused, unknown paths included
   */
  JsonNode answer(RegistryRequest request) {
    return endpoint(request).answer().apply(request);
  }

  /**
   * Whether the request, if it is answered, may leave the registry another one than before.
   *
   * @throws RegistryException for unknown paths
   */
  boolean changes(RegistryRequest request) {
    return endpoint(request).changes();
  }

  private Endpoint endpoint(RegistryRequest request) {
    List<Endpoint> here =
        endpoints.stream().filter(endpoint -> endpoint.isAt(request.path())).toList();
    if (here.isEmpty()) {
      throw RegistryException.notFound();
    }
    return here.stream()
        .filter(endpoint -> endpoint.method().equals(request.method()))
        .findFirst()
        .orElseThrow(RegistryException::methodNotAllowed);
  }

  private static Endpoint endpoint(
      String method, String pattern, Function<RegistryRequest, JsonNode> answer) {
    List<String> segments = pattern.isEmpty() ? List.of() : List.of(pattern.split("/"));
    return new Endpoint(method, segments, answer);
  }

  private JsonNode schema(RegistryRequest request) {
    AvroSchema schema = rules.schema(id(request));
    return JSON.createObjectNode().put("schema", schema.canonicalString());
  }

  private JsonNode subjectsOfSchema(RegistryRequest request) {
    return JSON.valueToTree(
        rules.uses(id(request), request.has("deleted")).stream()
            .map(RegisteredSchema::subject)
            .distinct()
            .toList());
  }

  private JsonNode versionsOfSchema(RegistryRequest request) {
    return JSON.valueToTree(
        rules.uses(id(request), request.has("deleted")).stream()
            .map(use -> Map.of("subject", use.subject(), "version", use.version()))
            .toList());
  }

  private JsonNode subjects(RegistryRequest request) {
    return JSON.valueToTree(rules.subjects(request.has("deleted")));
  }

  private JsonNode lookUp(RegistryRequest request) {
    return json(rules.lookUp(subject(request), request.schema(), request.has("deleted")));
  }

  private JsonNode deleteSubject(RegistryRequest request) {
    return JSON.valueToTree(rules.deleteSubject(subject(request), request.has("permanent")));
  }

  private JsonNode versions(RegistryRequest request) {
    return JSON.valueToTree(
        rules.versions(subject(request), request.has("deleted")).stream()
            .map(RegisteredSchema::version)
            .toList());
  }

  private JsonNode register(RegistryRequest request) {
    return JSON.createObjectNode().put("id", rules.register(subject(request), request.schema()));
  }

  private JsonNode version(RegistryRequest request) {
    return json(named(request));
  }

  private JsonNode deleteVersion(RegistryRequest request) {
    String version = request.path().get(3);
    int deleted = rules.deleteVersion(subject(request), version, request.has("permanent"));
    return JSON.getNodeFactory().numberNode(deleted);
  }

  private JsonNode schemaOfVersion(RegistryRequest request) {
    try {
      return JSON.readTree(named(request).schema().canonicalString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a registered schema is JSON", e);
    }
  }

  private JsonNode compatibility(RegistryRequest request) {
    String subject = request.path().get(2);
    List<String> messages =
        request.path().size() == 4
            ? rules.incompatibilities(subject, request.schema())
            : rules.incompatibilities(subject, request.schema(), request.path().get(4));
    ObjectNode answer = JSON.createObjectNode().put("is_compatible", messages.isEmpty());
    if (request.has("verbose")) {
      answer.set("messages", JSON.valueToTree(messages));
    }
    return answer;
  }

  private JsonNode levelOfSubject(RegistryRequest request) {
    String subject = subject(request);
    if (request.has("defaultToGlobal")) {
      return level(rules.level(subject).orElseGet(rules::level));
    }
    return level(
        rules
            .level(subject)
            .orElseThrow(() -> RegistryException.compatibilityNotConfigured(subject)));
  }

  private JsonNode setLevelOfSubject(RegistryRequest request) {
    return setLevel(subject(request), request.level());
  }

  private JsonNode setLevel(String subject, CompatibilityLevel level) {
    rules.setLevel(subject, level);
    return JSON.createObjectNode().put("compatibility", level.name);
  }

  private static JsonNode level(CompatibilityLevel level) {
    return JSON.createObjectNode().put("compatibilityLevel", level.name);
  }

  private RegisteredSchema named(RegistryRequest request) {
    return rules.version(subject(request), request.path().get(3), request.has("deleted"));
  }

  private static JsonNode json(RegisteredSchema schema) {
    return JSON.createObjectNode()
        .put("subject", schema.subject())
        .put("version", schema.version())
        .put("id", schema.id())
        .put("schema", schema.schema().canonicalString());
  }

  private static String subject(RegistryRequest request) {
    return request.path().get(1);
  }

  private static int id(RegistryRequest request) {
    try {
      return Integer.parseInt(request.path().get(2));
    } catch (NumberFormatException e) {
      throw RegistryException.notFound();
    }
  }
}
