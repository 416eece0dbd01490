package io.readlens.product;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a Dockerfile makes, as far as a plain process can have it.
 *
 * @param environment what {@code ENV} sets
 * @param runs the commands of the build, in order
 * @param entrypoint the words that each start begins with
 */
record Image(Map<String, String> environment, List<String> runs, List<String> entrypoint) {
  /** Where the image has the program. */
  static final String HOME = "/opt/readlens";

  static Image of(Path dockerfile) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    List<String> runs = new ArrayList<>();
    List<String> entrypoint = List.of();
    for (String line : Files.readString(dockerfile).replace("\\\n", " ").split("\n")) {
      String[] parts = line.strip().split(" ", 2);
      switch (parts[0]) {
        case "ENV" -> {
          for (String pair : parts[1].split(" ")) {
            environment.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
          }
        }
        case "RUN" -> runs.add(parts[1]);
        case "ENTRYPOINT" ->
            entrypoint = List.of(new ObjectMapper().readValue(parts[1], String[].class));
        default -> {}
      }
    }
    return new Image(environment, runs, entrypoint);
  }
}
