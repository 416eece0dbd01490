package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry's answers, byte for byte where clients depend on them. */
class RegistryHttpTest {
  private static final String STRING_SCHEMA = "{\"schema\":\"\\\"string\\\"\"}";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ObjectMapper json = new ObjectMapper();
  private EmbeddedRegistry registry;

  @BeforeEach
  void serve() throws Exception {
    registry =
        EmbeddedRegistry.serve(
            new SchemaRules(new MemoryLog().store(), CompatibilityLevel.BACKWARD),
            () -> {},
            EmbeddedRegistry.ANY_PORT,
            Optional.empty());
    send("POST", "/subjects/s/versions", STRING_SCHEMA);
    send("POST", "/subjects/gone/versions", STRING_SCHEMA);
    send("DELETE", "/subjects/gone", "");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET    | /                                          |                                        | {}
          GET    | /subjects                                  |                                        | ["s"]
          GET    | /subjects/                                 |                                        | ["s"]
          GET    | /subjects?deleted=true                     |                                        | ["gone","s"]
          GET    | /subjects/s/versions                       |                                        | [1]
          GET    | /subjects/gone/versions?deleted=true       |                                        | [1]
          GET    | /subjects/s/versions/1                     |                                        | {"subject":"s","version":1,"id":1,"schema":"\\"string\\""}
          GET    | /subjects/s/versions/latest                |                                        | {"subject":"s","version":1,"id":1,"schema":"\\"string\\""}
          GET    | /subjects/s/versions/latest/schema         |                                        | "string"
          POST   | /subjects/s                                | {"schema":"\\"string\\""}              | {"subject":"s","version":1,"id":1,"schema":"\\"string\\""}
          POST   | /subjects/s/versions                       | {"schema":"\\"string\\""}              | {"id":1}
          POST   | /subjects/s/versions                       | {"schema":"{\\"type\\":\\"string\\"}"} | {"id":1}
          GET    | /schemas/types                             |                                        | ["AVRO"]
          GET    | /schemas/ids/1                             |                                        | {"schema":"\\"string\\""}
          GET    | /schemas/ids/1/subjects                    |                                        | ["s"]
          GET    | /config                                    |                                        | {"compatibilityLevel":"BACKWARD"}
          GET    | /config/s?defaultToGlobal=true             |                                        | {"compatibilityLevel":"BACKWARD"}
          PUT    | /config/s                                  | {"compatibility":"full"}               | {"compatibility":"FULL"}
          POST   | /compatibility/subjects/s/versions         | {"schema":"\\"bytes\\""}               | {"is_compatible":true}
          POST   | /compatibility/subjects/s/versions/1       | {"schema":"\\"int\\""}                 | {"is_compatible":false}
          POST   | /compatibility/subjects/new/versions       | {"schema":"\\"int\\""}                 | {"is_compatible":true}
          GET    | /mode                                      |                                        | {"mode":"READWRITE"}
          DELETE | /subjects/s/versions/1                     |                                        | 1
          DELETE | /subjects/gone?permanent=true              |                                        | [1]
          """)
  void shouldAnswer(String method, String path, String body, String answer) throws Exception {
    // Given
    String request = body == null ? "" : body;

    // When
    HttpResponse<String> response = send(method, path, request);

    // Then
    assertThat(response.body()).isEqualTo(answer);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/vnd.schemaregistry.v1+json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET    | /nothing                                   |                                               | 404 | 404
          GET    | /subjects//versions                        |                                               | 404 | 404
          GET    | /schemas/ids/one                           |                                               | 404 | 404
          GET    | /schemas/ids/2                             |                                               | 404 | 40403
          GET    | /schemas/ids/2/versions                    |                                               | 404 | 40403
          GET    | /subjects/none/versions                    |                                               | 404 | 40401
          GET    | /subjects/none/versions/1                  |                                               | 404 | 40401
          GET    | /subjects/gone/versions/1                  |                                               | 404 | 40401
          GET    | /subjects/s/versions/2                     |                                               | 404 | 40402
          GET    | /subjects/s/versions/0                     |                                               | 422 | 42202
          GET    | /subjects/s/versions/first                 |                                               | 422 | 42202
          GET    | /subjects/none/versions/first              |                                               | 422 | 42202
          POST   | /subjects/none                             | {"schema":"\\"string\\""}                     | 404 | 40401
          POST   | /subjects/s                                | {"schema":"\\"bytes\\""}                      | 404 | 40403
          POST   | /subjects/s/versions                       | {"schema":"\\"int\\""}                        | 409 | 409
          POST   | /subjects/s/versions                       | {"schema":"\\"strong\\""}                     | 422 | 42201
          POST   | /subjects/s/versions                       | {"schema":""}                                 | 422 | 42201
          POST   | /subjects/s/versions                       | {"schema":{"type":"string"}}                  | 422 | 42201
          POST   | /subjects/s/versions                       | {"schema":"{}","schemaType":"JSON"}           | 422 | 42201
          POST   | /subjects/s/versions                       | {"schema":"\\"int\\"","references":[{}]}      | 422 | 42201
          POST   | /subjects/s/versions                       | []                                            | 422 | 42201
          POST   | /subjects/s/versions                       |                                               | 422 | 42201
          POST   | /subjects/s/versions                       | {"schema":                                    | 400 | 400
          POST   | /subjects/s/versions                       | {} {}                                         | 400 | 400
          POST   | /compatibility/subjects/s/versions/2       | {"schema":"\\"int\\""}                        | 404 | 40402
          GET    | /config/s                                  |                                               | 404 | 40408
          PUT    | /config                                    | {"compatibility":"SOME"}                      | 422 | 42203
          PUT    | /config/s                                  | {}                                            | 422 | 42203
          DELETE | /subjects/none                             |                                               | 404 | 40401
          DELETE | /subjects/s?permanent=true                 |                                               | 404 | 40405
          PUT    | /subjects                                  |                                               | 405 | 405
          PATCH  | /config                                    |                                               | 405 | 405
          DELETE | /config/s                                  |                                               | 405 | 405
          """)
  void shouldRefuse(String method, String path, String body, int status, int code)
      throws Exception {
    // Given
    String request = body == null ? "" : body;

    // When
    HttpResponse<String> response = send(method, path, request);

    // Then
    JsonNode error = json.readTree(response.body());
    assertThat(error.path("error_code").asInt()).as(response.body()).isEqualTo(code);
    assertThat(error.path("message").asText()).isNotBlank();
    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void shouldDeleteTheLatestVersionThatIsLeft() throws Exception {
    // Given
    send("POST", "/subjects/s/versions", "{\"schema\":\"\\\"bytes\\\"\"}");
    send("DELETE", "/subjects/s/versions/latest", "");

    // When
    HttpResponse<String> deleted = send("DELETE", "/subjects/s/versions/latest", "");

    // Then
    assertThat(deleted.body()).isEqualTo("1");
    assertThat(send("DELETE", "/subjects/s/versions/latest", "").body()).contains("40401");
    String permanent = "/subjects/s/versions/latest?permanent=true";
    assertThat(send("DELETE", permanent, "").body()).isEqualTo("2");
    assertThat(send("DELETE", permanent, "").body()).isEqualTo("1");
  }

  @Test
  void shouldRefuseHeadWithoutABody() throws Exception {
    // Given
    String path = "/subjects";

    // When
    HttpResponse<String> response = send("HEAD", path, "");

    // Then
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void shouldRefuseAnOversizedBodyAndTellAClientThatWritesBeforeItReads() throws Exception {
    // Given
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(registry.url() + "/subjects/s/versions").toURL().openConnection();
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    connection.getOutputStream().write(new byte[8 * EmbeddedRegistry.BODY_LIMIT_BYTES]);

    // When
    int status = connection.getResponseCode();

    // Then
    assertThat(status).isEqualTo(413);
    JsonNode error = json.readTree(connection.getErrorStream());
    assertThat(error.path("error_code").asInt()).isEqualTo(413);
  }

  @Test
  void shouldTakeTheLargestBody() throws Exception {
    // Given
    int padding = EmbeddedRegistry.BODY_LIMIT_BYTES - STRING_SCHEMA.length();
    String largest = STRING_SCHEMA + " ".repeat(padding);

    // When
    HttpResponse<String> response = send("POST", "/subjects/s/versions", largest);

    // Then
    assertThat(response.body()).isEqualTo("{\"id\":1}");
  }

  @Test
  void shouldAnswerASchemaThatIsNestedBeyondReason() throws Exception {
    // Given
    int depth = 10_000;
    String schema = "{'type':'array','items':".repeat(depth) + "'int'" + "}".repeat(depth);
    String body = "{\"schema\":\"" + schema.replace("'", "\\\"") + "\"}";

    // When
    HttpResponse<String> response = send("POST", "/subjects/deep/versions", body);

    // Then
    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(response.body()).contains("42201");
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.ofString());
  }
}
