package org.millrace.jobs.plan;

import java.util.Map;
import org.millrace.contracts.registry.ModelVersion;

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
}
