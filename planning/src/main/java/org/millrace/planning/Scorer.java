package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
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
   * @param beside the challenger that readers see too; empty for none
   */
  record Champion(
      ChampionRef version,
      List<FeatureViewDefinition> views,
      Set<String> columns,
      Optional<Beside> beside)
      implements Scorer {
    /** Copies the collections. */
    public Champion {
      requireNonNull(version, "version is null");
      requireNonNull(beside, "beside is null");
      views = List.copyOf(views);
      columns = Set.copyOf(columns);
    }

    /** A champion that scores all rows. */
    public Champion(ChampionRef version, List<FeatureViewDefinition> views, Set<String> columns) {
      this(version, views, columns, Optional.empty());
    }

    /** The same champion alone. */
    Champion alone() {
      return new Champion(version, views, columns);
    }

    @Override
    public String name() {
      return version.toString();
    }
  }

  /**
   * A challenger that scores a share of the rows that readers see.
   *
   * @param challenger who
   * @param views that champion and challenger need, in the order of their contracts
   * @param columns of the joined rows that they are fed from
   */
  record Beside(Challenger challenger, List<FeatureViewDefinition> views, Set<String> columns) {
    /** Copies the collections. */
    public Beside {
      requireNonNull(challenger, "challenger is null");
      views = List.copyOf(views);
      columns = Set.copyOf(columns);
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
