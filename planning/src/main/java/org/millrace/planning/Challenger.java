package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A version that scores beside the champion on a day.
 *
 * @param version that scores
 * @param share of the rows whose readers see its score, from 0 in the shadow to 1
 * @param rollout names the draw of these rows, such as {@code late_flight/1}
 * @param entity columns of the spine whose rows go to one version together
 */
public record Challenger(ChampionRef version, double share, String rollout, List<String> entity) {
  /** Copies the list. */
  public Challenger {
    requireNonNull(version, "version is null");
    requireNonNull(rollout, "rollout is null");
    entity = List.copyOf(entity);
  }

  /** True if readers see some of its scores. */
  public boolean serves() {
    return share > 0;
  }
}
