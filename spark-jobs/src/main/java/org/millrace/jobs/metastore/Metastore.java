package org.millrace.jobs.metastore;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Registers the lake's tables and the stable views of predictions in the session's metastore. Rooms
 * do not read through it: losing it loses nothing.
 *
 * <p>Placement: driver only.
 */
public final class Metastore {
  private final Lake lake;

  /** Uses the metastore of the lake's session. */
  public Metastore(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /**
   * Makes tables that exist in the lake known by their names; tables known already are left alone.
   */
  public void register(List<String> tables) {
    tables.forEach(this::register);
  }

  private void register(String table) {
    if (!lake.exists(table) || lake.spark().catalog().tableExists(table)) {
      return;
    }

    String database = table.substring(0, table.indexOf('.'));
    sql("CREATE DATABASE IF NOT EXISTS `" + database + "`");
    sql(
        "CREATE TABLE IF NOT EXISTS "
            + quoted(table)
            + " USING DELTA LOCATION "
            + literal(lake.path(table)));
  }

  /**
   * Points the stable views of a model at a version of its prediction table: {@code
   * <model>_current} has the predictions in force, {@code <model>_history} all that were ever
   * published. Each is replaced in one step, so a reader sees the old or the new whole.
   */
  public void publishViews(Pipeline pipeline, TableVersion predictions) {
    register(predictions.table());
    String model = pipeline.name();
    SpineDefinition spine = pipeline.spine();
    Map<String, String> columns = columns(spine);
    String source =
        " FROM " + quoted(predictions.table()) + " VERSION AS OF " + predictions.version();
    view(
        model + "_current",
        "Predictions of "
            + model
            + " in force, one row a spine row: "
            + spine.metadata().description(),
        columns,
        source + " WHERE " + PredictionColumns.SUPERSEDED_AT + " IS NULL");
    columns.put(PredictionColumns.SUPERSEDED_AT, comment(spine, PredictionColumns.SUPERSEDED_AT));
    view(
        model + "_history",
        "All predictions of " + model + " ever published, with the run that made each",
        columns,
        source);
  }

  private void view(String name, String description, Map<String, String> columns, String source) {
    StringBuilder list = new StringBuilder();
    columns.forEach(
        (column, comment) ->
            list.append(list.isEmpty() ? "" : ", ")
                .append(quoted(column))
                .append(comment.isEmpty() ? "" : " COMMENT " + literal(comment)));
    StringBuilder selected = new StringBuilder();
    columns
        .keySet()
        .forEach(column -> selected.append(selected.isEmpty() ? "" : ", ").append(quoted(column)));
    sql(
        "CREATE OR REPLACE VIEW default."
            + quoted(name)
            + " ("
            + list
            + ") COMMENT "
            + literal(description)
            + " AS SELECT "
            + selected
            + source);
  }

  private static Map<String, String> columns(SpineDefinition spine) {
    Map<String, String> columns = new LinkedHashMap<>();
    spine.id().forEach(id -> columns.put(id, comment(spine, id)));
    columns.put(spine.day(), comment(spine, spine.day()));
    columns.put(SpineFeatures.AS_OF, comment(spine, SpineFeatures.AS_OF));
    spine.columns().forEach(column -> columns.put(column, ""));
    for (String column :
        new String[] {
          PredictionColumns.SCORE,
          PredictionColumns.MODEL_NAME,
          PredictionColumns.MODEL_VERSION,
          PredictionColumns.RUN_KEY,
          PredictionColumns.FINGERPRINT,
          PredictionColumns.SCORED_AT
        }) {
      columns.put(column, comment(spine, column));
    }

    return columns;
  }

  private static String comment(SpineDefinition spine, String column) {
    return PredictionColumns.comments(spine).getOrDefault(column, "");
  }

  private void sql(String statement) {
    lake.spark().sql(statement);
  }

  private static String quoted(String name) {
    return "`" + name.replace(".", "`.`") + "`";
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
