package org.millrace.planning;

import static java.util.Objects.requireNonNull;

/**
 * The version that scores.
 *
 * @param name registered model
 * @param version number as the registry gives it
 * @param sha256 of its file
 */
public record ChampionRef(String name, String version, String sha256) {
  /** Checks that all is present. */
  public ChampionRef {
    requireNonNull(name, "name is null");
    requireNonNull(version, "version is null");
    requireNonNull(sha256, "sha256 is null");
  }

  /** {@code late_flight/3}. */
  @Override
  public String toString() {
    return name + "/" + version;
  }
}
