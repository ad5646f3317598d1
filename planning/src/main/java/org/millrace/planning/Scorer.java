package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import org.millrace.contracts.definition.FeatureViewDefinition;

/** Who scores the days of a plan. */
public sealed interface Scorer {
  /** {@code late_flight/3}; empty if there is none. */
  String name();

  /**
   * Whichever version: only whether its inputs are there is asked.
   *
   * @param views that it needs, as far as is known
   */
  record AnyVersion(List<FeatureViewDefinition> views) implements Scorer {
    /** Copies the list. */
    public AnyVersion {
      views = List.copyOf(views);
    }

    @Override
    public String name() {
      return "";
    }
  }

  /**
   * No version.
   *
   * @param why a phrase
   */
  record NoVersion(String why) implements Scorer {
    /** Checks that all is present. */
    public NoVersion {
      requireNonNull(why, "why is null");
    }

    @Override
    public String name() {
      return "";
    }
  }

  /**
   * The champion.
   *
   * @param version that holds the alias
   * @param views that it needs, in the order of its contract
   * @param columns of the joined rows that it is fed from
   */
  record Champion(ChampionRef version, List<FeatureViewDefinition> views, Set<String> columns)
      implements Scorer {
    /** Copies the collections. */
    public Champion {
      requireNonNull(version, "version is null");
      views = List.copyOf(views);
      columns = Set.copyOf(columns);
    }

    @Override
    public String name() {
      return version.toString();
    }
  }

  /**
   * A champion that cannot score.
   *
   * @param version that holds the alias
   * @param why a sentence
   */
  record Unusable(ChampionRef version, String why) implements Scorer {
    /** Checks that all is present. */
    public Unusable {
      requireNonNull(version, "version is null");
      requireNonNull(why, "why is null");
    }

    @Override
    public String name() {
      return version.toString();
    }
  }
}
