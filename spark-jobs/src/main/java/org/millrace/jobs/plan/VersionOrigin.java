package org.millrace.jobs.plan;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.ModelFiles;

/** Who made a version, by its tags. Stateless. */
final class VersionOrigin {
  private VersionOrigin() {}

  /** A short noun phrase. */
  static String of(ModelVersion version) {
    Map<String, String> tags = version.tags();
    String registeredBy = tags.getOrDefault("millrace.registered_by", "");
    if (!registeredBy.isEmpty()) {
      return "registered by " + registeredBy;
    }

    String algorithm = tags.getOrDefault("millrace.algorithm", "");
    if (!algorithm.isEmpty()) {
      return algorithm;
    }

    return tags.containsKey("millrace.training_set") ? "gradient-boosted trees" : "from outside";
  }

  /** When a version was registered or taken up, by its tags; empty if none has it. */
  static Optional<Instant> registeredAt(Map<String, String> tags) {
    return Optional.ofNullable(tags.get(ModelFiles.REGISTERED_AT)).flatMap(VersionOrigin::time);
  }

  /** People may write tags. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // as if there were no tag
    }
  }
}
