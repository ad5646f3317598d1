package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** No two leases that are held by different attempts cover one day of one object. */
final class LeaseChecker {
  private LeaseChecker() {}

  static List<String> problems(Path lake) {
    Optional<Path> newest =
        Folders.files(lake.resolve("ops/leases"), 1, ".json").stream()
            .filter(file -> !file.getFileName().toString().startsWith("."))
            .max(Comparator.comparingLong(LeaseChecker::number));
    List<JsonNode> held = new ArrayList<>();
    newest.ifPresent(file -> Folders.json(file).path("held").forEach(held::add));
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      for (int j = i + 1; j < held.size(); j++) {
        if (!isOfOneAttempt(held.get(i), held.get(j))
            && overlap(held.get(i).path("claims"), held.get(j).path("claims"))) {
          problems.add("leases: " + held.get(i) + " and " + held.get(j) + " overlap");
        }
      }
    }

    return problems;
  }

  private static boolean isOfOneAttempt(JsonNode one, JsonNode other) {
    JsonNode attempt = one.path("holder").path("attempt");
    return attempt.isTextual() && attempt.equals(other.path("holder").path("attempt"));
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    for (JsonNode a : one) {
      for (JsonNode b : other) {
        boolean sameObject = a.path("object").equals(b.path("object"));
        String endOfA = a.path("days").path("to").asText("9999");
        String endOfB = b.path("days").path("to").asText("9999");
        boolean apart =
            endOfA.compareTo(b.path("days").path("from").asText("")) < 0
                || endOfB.compareTo(a.path("days").path("from").asText("")) < 0;
        if (sameObject && !apart) {
          return true;
        }
      }
    }

    return false;
  }

  private static long number(Path file) {
    return Long.parseLong(file.getFileName().toString().replace(".json", ""));
  }
}
