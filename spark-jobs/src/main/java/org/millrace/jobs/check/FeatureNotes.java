package org.millrace.jobs.check;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.lake.Lake;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.definition.TrainingSetRows;

/**
 * What is worth a look once the features stand beside the rows of a spine: those that nearly no row
 * finds, because keys never meet, or rows are known too late, or forgotten too early. Driver only;
 * the join of one day, for which views are read as far back as that day sees them, those without a
 * ttl from the first day of training on.
 */
final class FeatureNotes {
  private final Lake lake;
  private final Definitions definitions;
  private final DefinitionLines lines;
  private final Pipeline pipeline;

  FeatureNotes(Lake lake, Definitions definitions, DefinitionLines lines, Pipeline pipeline) {
    this.lake = lake;
    this.definitions = definitions;
    this.lines = lines;
    this.pipeline = pipeline;
  }

  /**
   * Looks at the features of the newest day that has rows.
   *
   * @param spine rows, with the columns of its SQL
   */
  List<Finding> look(Dataset<Row> spine) {
    List<String> inputs =
        Stream.concat(
                pipeline.training().numeric().stream(), pipeline.training().categorical().stream())
            .filter(input -> !pipeline.spine().inputColumns().contains(input))
            .toList();
    Column day = ColumnNames.column(pipeline.spine().day());
    Row newest = spine.agg(max(day)).head();
    if (inputs.isEmpty() || newest.isNullAt(0)) {
      return List.of();
    }

    LocalDate last = newest.getLocalDate(0);
    Dataset<Row> rows =
        new TrainingSetRows(lake, definitions, pipeline.name())
            .withFeatures(spine.where(day.equalTo(lit(last))), last);
    Row found =
        rows.agg(
                count(lit(1)),
                inputs.stream().map(name -> count(ColumnNames.column(name))).toArray(Column[]::new))
            .head();
    return notes(inputs, found, last);
  }

  private List<Finding> notes(List<String> inputs, Row found, LocalDate day) {
    long all = found.getLong(0);
    List<Finding> notes = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      String input = inputs.get(i);
      long nulls = all - found.getLong(1 + i);
      if (nulls >= Shares.NEARLY_ALL * all) {
        boolean isNumeric = pipeline.training().numeric().contains(input);
        notes.add(
            new Finding(
                lines.of("training", pipeline.name(), isNumeric ? "numeric" : "categorical", input),
                "'%s' is null in %s of %,d rows of spine %s on %s%s"
                    .formatted(
                        input,
                        Shares.text(nulls, all),
                        all,
                        pipeline.spine().name(),
                        day,
                        why(input))));
      }
    }

    return notes;
  }

  /** What makes a feature of a view null. */
  private String why(String input) {
    return pipeline.views().stream()
        .filter(view -> view.outputs().keySet().stream().map(view::column).anyMatch(input::equals))
        .findFirst()
        .map(FeatureNotes::why)
        .orElse("; a model learns nothing from it");
  }

  private static String why(FeatureViewDefinition view) {
    return "; compare the values of %s in both, and see whether rows of view %s are known in time, and within its %s"
        .formatted(
            String.join(", ", view.keys().keySet()),
            view.name(),
            view.isWindowed() ? "windows" : "ttl");
  }
}
