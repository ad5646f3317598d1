package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * A day of predictions that readers see, and all that they were made from, as the ledger has it:
 * the version, the versions of the tables, the spine and the views. Driver only.
 *
 * @param day the spine's day
 * @param entry the ledger's
 * @param champion version that scored it, whether or not it holds the alias now
 * @param needed what it reads
 * @param features the spine joined to its views
 * @param pins versions of the tables that were read
 * @param hasOtherDefinitions whether the definitions were changed since, in whatever way
 */
public record PublishedDay(
    LocalDate day,
    LedgerEntry entry,
    Champion champion,
    ContractViews needed,
    SpineFeatures features,
    Pins pins,
    boolean hasOtherDefinitions) {
  /**
   * Finds a day.
   *
   * @throws MillraceException of category INPUT_MISSING if the day is not published, or it is not
   *     known what it was made from; DEFINITION if the definitions no longer give what the version
   *     needs; EXTERNAL if the registry does not answer
   */
  public static PublishedDay of(JobContext context, LocalDate day) {
    String table = context.pipeline().scoring().predictions();
    LedgerEntry entry =
        context
            .ledger()
            .entry(table, day)
            .filter(LedgerEntry::isReadable)
            .orElseThrow(
                () ->
                    missing(
                        "%s has no predictions of %s; `millrace status %s` shows the days"
                            .formatted(table, day, context.pipeline().name())));
    Map<String, Long> versions = CommitNote.readVersions(entry.inputVersions());
    Optional<String> model = entry.model();
    if (versions.isEmpty() || model.isEmpty()) {
      throw missing(
          "the ledger does not have what the predictions of %s of %s were made from, as of days that were brought back or that an earlier release made"
              .formatted(day, table));
    }

    Map<String, TableVersion> tables = new LinkedHashMap<>();
    versions.forEach(
        (name, version) ->
            tables.put(name, new TableVersion(name, context.lake().path(name), version)));
    String number = model.get().substring(model.get().lastIndexOf('/') + 1);
    return of(context, day, entry, tables, number);
  }

  private static PublishedDay of(
      JobContext context,
      LocalDate day,
      LedgerEntry entry,
      Map<String, TableVersion> tables,
      String number) {
    Champion champion = Champion.of(context, number);
    ContractViews needed = ContractViews.of(context, champion);
    requirePinned(context, needed, tables.keySet(), entry);
    return new PublishedDay(
        day,
        entry,
        champion,
        needed,
        SpineFeatures.feeding(context, needed),
        new Pins(tables, Map.of()),
        entry
            .definitions()
            .filter(DefinitionSnapshot.of(context.pipeline()).hash()::equals)
            .isEmpty());
  }

  /**
   * The same day with another version that has scored some of its rows.
   *
   * @param number of the version
   */
  public PublishedDay by(JobContext context, String number) {
    return number.equals(champion.version().version())
        ? this
        : of(context, day, entry, pins.tables(), number);
  }

  /** Definitions may read other tables since. */
  private static void requirePinned(
      JobContext context, ContractViews needed, Set<String> pinned, LedgerEntry entry) {
    List<String> lost =
        Stream.concat(
                context.pipeline().spine().reads().stream(),
                needed.views().stream().map(FeatureViewDefinition::table))
            .filter(table -> !pinned.contains(table))
            .toList();
    if (!lost.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot look back at %s: the definitions read %s now, which its predictions were not made from; use the definitions of that day, whose texts are in the lake as definitions/%s.json"
              .formatted(
                  entry.partition(),
                  String.join(", ", lost),
                  entry.definitions().orElse("unknown")));
    }
  }

  private static MillraceException missing(String reason) {
    return new MillraceException(ErrorCategory.INPUT_MISSING, "Cannot look back: " + reason);
  }

  /** The day as a range. */
  public DayRange range() {
    return new DayRange(day, day);
  }

  /** The rows that readers see; lazy. */
  public Dataset<Row> inForce(JobContext context) {
    return context
        .lake()
        .read(context.pin(context.pipeline().scoring().predictions(), Verb.PUBLISH.word()))
        .where(Lake.inDays(features.definition().day(), range()))
        .where(col(PredictionColumns.SUPERSEDED_AT).isNull());
  }

  /** The spine's rows of the day, from the pinned tables; lazy. */
  public Dataset<Row> spine() {
    return features.spine(range(), pins);
  }

  /** Rows of {@link #spine} with the features of the version's views; lazy. */
  public Dataset<Row> join(Dataset<Row> spine) {
    return features.join(spine, range(), pins).rows();
  }

  /**
   * A scoring as that of the night.
   *
   * @param keep columns to keep
   */
  public OnnxScoring scoring(JobContext context, List<String> keep) {
    OnnxModel model =
        OnnxModel.read(
            champion.version().name(),
            champion.version().version(),
            requireNonNull(champion.version().sha256(), "a champion is identified"),
            champion.onnx());
    return VersionScoring.of(model, needed.contract(), context.pipeline().scoring())
        .keep(keep.toArray(String[]::new));
  }
}
