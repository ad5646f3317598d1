package org.millrace.jobs.explain;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.WholeFile;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.prediction.PublishedDay;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Explains one published prediction: who scored it, from which inputs, which facts these come from,
 * and what each input contributes. Writes a JSON file; changes no table.
 *
 * <p>Placement: driver only; a few Spark jobs over one row, and once for each version a job over
 * its training set.
 */
public final class ExplainPrediction implements Room<ExplainPrediction.Result> {
  private static final int SHOWN = 5;

  private final JobContext context;
  private final RunKey runKey;
  private final LookBack asked;

  /** Prepares the room for the model and the day that the run key names. */
  public ExplainPrediction(JobContext context, RunKey runKey, LookBack asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.asked = requireNonNull(asked, "asked is null");
  }

  /**
   * What was explained.
   *
   * @param message one sentence
   * @param values for scripts
   * @param file with all of it
   */
  public record Result(String message, Map<String, String> values, Path file)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return false;
    }

    @Override
    public RowCounts rows() {
      return RowCounts.accepted(1);
    }
  }

  @Override
  public Verb verb() {
    return Verb.EXPLAIN;
  }

  /**
   * Explains.
   *
   * @throws MillraceException of category DEFINITION if the key does not name the columns of the
   *     spine's id, or no row of the day; or if more days than one are asked about; INPUT_MISSING
   *     if the day is not published, or it is unknown what it was made from
   */
  @Override
  public Result run(Lease lease) {
    if (runKey.days().size() != 1) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot explain a row of %s: name its day with --date".formatted(runKey.days()));
    }

    PublishedDay day = PublishedDay.of(context, runKey.days().from());
    SpineDefinition spine = day.features().definition();
    requireKey(spine);
    Row shown = only(day.inForce(context), "prediction");
    // while a version is rolled out, not all rows are the champion's
    PublishedDay scored = day.by(context, shown.<String>getAs(PredictionColumns.MODEL_VERSION));
    Dataset<Row> question = day.spine().where(isAsked());
    only(question, "row of the spine");
    Explanation explanation =
        new GatherExplanation(context, scored).of(shown, question, asked.key());
    return kept(explanation);
  }

  private void requireKey(SpineDefinition spine) {
    if (!asked.key().keySet().equals(Map.copyOf(ids(spine)).keySet())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot explain a row by %s: a row of spine %s is named by %s; give --key %s"
              .formatted(
                  asked.key().isEmpty() ? "no key" : String.join(", ", asked.key().keySet()),
                  spine.name(),
                  String.join(", ", spine.id()),
                  spine.id().stream().map(id -> id + "=...").collect(Collectors.joining(","))));
    }
  }

  private static Map<String, String> ids(SpineDefinition spine) {
    Map<String, String> ids = new LinkedHashMap<>();
    spine.id().forEach(id -> ids.put(id, ""));
    return ids;
  }

  private Row only(Dataset<Row> rows, String what) {
    List<Row> found = rows.where(isAsked()).takeAsList(2);
    if (found.size() != 1) {
      throw new MillraceException(
          found.isEmpty() ? ErrorCategory.DEFINITION : ErrorCategory.DATA_CONTRACT,
          "Cannot explain %s of %s: there is %s %s of this key; `millrace sql -e \"SELECT * FROM %s_current WHERE %s = DATE'%s' LIMIT 10\"` shows some"
              .formatted(
                  asked.key().entrySet().stream()
                      .map(part -> part.getKey() + "=" + part.getValue())
                      .collect(Collectors.joining(", ")),
                  runKey.days().from(),
                  found.isEmpty() ? "no" : "more than one",
                  what,
                  runKey.pipeline(),
                  context.pipeline().spine().day(),
                  runKey.days().from()));
    }

    return found.get(0);
  }

  private Column isAsked() {
    return asked.key().entrySet().stream()
        .map(part -> col("`" + part.getKey() + "`").cast("string").equalTo(lit(part.getValue())))
        .reduce(Column::and)
        .orElseThrow();
  }

  private Result kept(Explanation explanation) {
    Path file =
        LakePlaces.explanation(
            context.lake(),
            explanation.pipeline(),
            explanation.day(),
            Digest.sha256(Json.write(explanation.key())).substring(0, 16));
    byte[] json = (Json.write(explanation) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      WholeFile.write(file, json);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + Causes.words(e), e);
    }

    Map<String, String> values = new LinkedHashMap<>();
    values.put("score", Double.toString(explanation.score()));
    values.put("model", explanation.model().name() + "/" + explanation.model().version());
    explanation
        .trees()
        .ifPresent(
            trees -> {
              values.put("base", Double.toString(trees.base()));
              values.put("raw_score", Double.toString(trees.rawScore()));
            });
    values.put("explanation", file.toString());
    return new Result(message(explanation), values, file);
  }

  private static String message(Explanation explanation) {
    String most =
        explanation.inputs().stream()
            .filter(input -> input.contribution().isPresent())
            .limit(SHOWN)
            .map(
                input ->
                    String.format(
                        Locale.ROOT,
                        "%s=%s %+.3f",
                        input.column(),
                        input.value().orElse("missing"),
                        input.contribution().orElseThrow()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s of %s has the score %.4f by %s/%s%s",
        explanation.key().entrySet().stream()
            .map(part -> part.getKey() + "=" + part.getValue())
            .collect(Collectors.joining(", ")),
        explanation.day(),
        explanation.score(),
        explanation.model().name(),
        explanation.model().version(),
        most.isEmpty() ? "" : "; what moves its raw score most: " + most);
  }
}
