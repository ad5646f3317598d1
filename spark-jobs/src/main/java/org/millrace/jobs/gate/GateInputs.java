package org.millrace.jobs.gate;

import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.planning.Recipes;

/**
 * What the gate is asked about. Driver only.
 *
 * @param model registered model
 * @param candidate number of the newest candidate
 * @param set training set that holds the gate's slice
 * @param content fingerprint of the set
 * @param fingerprint of rules, candidate and training set
 */
record GateInputs(
    String model, String candidate, TableVersion set, String content, String fingerprint) {
  /** Reads the ledger; INPUT_MISSING where there is no training set or no candidate. */
  static GateInputs read(JobContext context, GateDefinition gate) {
    LedgerEntry set =
        context
            .ledger()
            .require(LedgerObjects.trainingSet(gate.model()), Partition.whole(), "training-set");
    LedgerEntry model =
        context.ledger().require(LedgerObjects.candidate(gate.model()), Partition.whole(), "train");
    return new GateInputs(
        gate.model(),
        model.output().version(),
        TrainingSetTable.version(context.lake(), set),
        set.fingerprint(),
        context.ledger().fingerprint(new Recipes(context.pipeline()).verdict()));
  }

  /** The candidate as the registry has it; INPUT_MISSING where it is gone. */
  ModelVersion candidate(ModelRegistry registry) {
    return registry
        .byVersion(model, candidate)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot find candidate "
                        + model
                        + "/"
                        + candidate
                        + " in "
                        + registry.location()
                        + ": according to the ledger it was registered; name the registry that has it, or run `millrace train`, which trains it again"));
  }
}
