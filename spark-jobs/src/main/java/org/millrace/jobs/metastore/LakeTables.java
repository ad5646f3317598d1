package org.millrace.jobs.metastore;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.tables.MonitoringTableNames;
import org.millrace.jobs.tables.OpsTables;

/** The names of tables that people may look for. */
public final class LakeTables {
  private static final List<String> OF_THE_PLATFORM =
      List.of(
          EvaluationTable.TABLE,
          OpsTables.VALIDATION_METRICS,
          OpsTables.VERDICTS,
          OpsTables.ALIASES,
          OpsTables.ROLLOUTS,
          OpsTables.RUNS,
          Ledger.TABLE);

  private LakeTables() {}

  /** The tables of one pipeline, and the platform's own. */
  public static List<String> of(Pipeline pipeline) {
    List<String> tables = new ArrayList<>();
    pipeline.sources().forEach(source -> tables.add(source.table()));
    pipeline.views().forEach(view -> tables.addAll(of(view)));
    tables.add(LedgerObjects.trainingSet(pipeline.name()));
    tables.add(pipeline.scoring().predictions());
    pipeline.rollout().ifPresent(rollout -> tables.add(rollout.challengers()));
    tables.add(LedgerObjects.quality(pipeline.name()));
    tables.add(MonitoringTableNames.drift(pipeline.name()));
    tables.add(LedgerObjects.explanations(pipeline.name()));
    tables.addAll(OF_THE_PLATFORM);
    return tables;
  }

  /** The tables of everything that is defined. */
  public static List<String> of(Definitions definitions) {
    Set<String> tables = new LinkedHashSet<>(definitions.sources().keySet());
    definitions.views().values().forEach(view -> tables.addAll(of(view)));
    definitions
        .training()
        .keySet()
        .forEach(name -> tables.addAll(of(Pipeline.of(definitions, name))));
    tables.addAll(OF_THE_PLATFORM);
    return List.copyOf(tables);
  }

  private static List<String> of(FeatureViewDefinition view) {
    return view.isKeptDaily() ? List.of(view.table(), view.dailyTable()) : List.of(view.table());
  }
}
