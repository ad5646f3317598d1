package org.millrace.jobs.check;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.spark.ColumnNames;

/** What is worth a look in the rows of a spine. Driver only; a Spark job. */
final class SpineNotes {
  private static final String ROOM = "spines";

  private final DefinitionLines lines;
  private final Pipeline pipeline;

  SpineNotes(DefinitionLines lines, Pipeline pipeline) {
    this.lines = lines;
    this.pipeline = pipeline;
  }

  /** Looks at the columns that a model is fed from. */
  List<Finding> look(Dataset<Row> rows, DayRange days) {
    SpineDefinition spine = pipeline.spine();
    List<String> inputs =
        Stream.concat(
                pipeline.training().numeric().stream(), pipeline.training().categorical().stream())
            .filter(spine.inputColumns()::contains)
            .toList();
    Column[] counts =
        inputs.stream().map(name -> count(ColumnNames.column(name))).toArray(Column[]::new);
    Row found = rows.agg(count(lit(1)), counts).head();
    long all = found.getLong(0);
    List<Finding> notes = new ArrayList<>();
    if (all == 0) {
      notes.add(new Finding(lines.of(ROOM, spine.name(), "sql"), "has no row of " + days));
    }

    for (int i = 0; all > 0 && i < inputs.size(); i++) {
      long nulls = all - found.getLong(1 + i);
      if (nulls >= Shares.NEARLY_ALL * all) {
        notes.add(
            new Finding(
                lines.of(ROOM, spine.name(), "columns", inputs.get(i)),
                Shares.nulls(inputs.get(i), nulls, all, days)));
      }
    }

    return notes;
  }
}
