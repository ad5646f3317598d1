package org.millrace.jobs.gate;

import java.util.Optional;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.AdoptVersion;
import org.millrace.jobs.model.ReferenceProfile;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.planning.Recipes;

/**
 * What the gate is asked about: the newest candidate of the pipeline, or a version that a person
 * named, whoever made it. Driver only.
 *
 * @param model registered model
 * @param object the ledger's name of the verdict
 * @param candidate number of the version to judge
 * @param set training set that holds the gate's slice
 * @param content fingerprint of the set
 * @param fingerprint of rules, candidate and training set
 */
record GateInputs(
    String model,
    String object,
    String candidate,
    TableVersion set,
    String content,
    String fingerprint) {
  /**
   * Reads the ledger, and adopts a version that a person named.
   *
   * @param named number of the version; empty for the pipeline's own candidate
   * @param adopts whether a version that a person named is adopted; else it is only looked up
   * @throws MillraceException of category INPUT_MISSING if there is no training set or no
   *     candidate; else as {@link AdoptVersion} says
   */
  static GateInputs read(
      JobContext context, GateDefinition gate, Optional<String> named, boolean adopts) {
    Optional<String> own =
        context
            .ledger()
            .entry(LedgerObjects.candidate(gate.model()), Partition.whole())
            .map(entry -> entry.output().version());
    return named.isEmpty() || named.equals(own)
        ? ofPipeline(context, gate)
        : adopts
            ? ofPerson(context, gate, adopted(context, gate, named.get()))
            : ofPerson(context, gate, new AdoptVersion(context).find(named.get()));
  }

  private static GateInputs ofPipeline(JobContext context, GateDefinition gate) {
    LedgerEntry set = trainingSet(context, gate);
    LedgerEntry model =
        context.ledger().require(LedgerObjects.candidate(gate.model()), Partition.whole(), "train");
    return new GateInputs(
        gate.model(),
        LedgerObjects.verdict(gate.model()),
        model.output().version(),
        TrainingSetTable.version(context.lake(), set),
        set.fingerprint(),
        context.ledger().fingerprint(new Recipes(context.pipeline()).verdict()));
  }

  private static ModelVersion adopted(JobContext context, GateDefinition gate, String number) {
    ModelVersion version = new AdoptVersion(context).adopt(number);
    TableVersion table = TrainingSetTable.version(context.lake(), trainingSet(context, gate));
    ReferenceProfile.keep(
        context, version, TrainingSetTable.slice(context.lake(), table, TrainingSetTable.TRAINING));
    return version;
  }

  /** Numbers begin anew in another registry: the file tells two versions apart. */
  private static GateInputs ofPerson(
      JobContext context, GateDefinition gate, ModelVersion version) {
    LedgerEntry set = trainingSet(context, gate);
    TableVersion table = TrainingSetTable.version(context.lake(), set);
    return new GateInputs(
        gate.model(),
        LedgerObjects.verdict(gate.model(), version.version()),
        version.version(),
        table,
        set.fingerprint(),
        Digest.sha256(
            gate.hash(),
            context.pipeline().training().baselineHash(),
            version.version(),
            version.sha256(),
            set.fingerprint()));
  }

  private static LedgerEntry trainingSet(JobContext context, GateDefinition gate) {
    return context
        .ledger()
        .require(LedgerObjects.trainingSet(gate.model()), Partition.whole(), "training-set");
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
