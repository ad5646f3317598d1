package org.millrace.jobs.metastore;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.analysis.NoSuchDatabaseException;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.catalog.CatalogStorageFormat;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;
import scala.Option;

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
   * Makes tables that exist in the lake known by their names. Names follow a lake that was moved or
   * copied together with its metastore.
   */
  public void register(List<String> tables) {
    tables.forEach(this::register);
  }

  private void register(String table) {
    if (!lake.exists(table)) {
      return;
    }

    int dot = table.indexOf('.');
    String database = table.substring(0, dot);
    TableIdentifier name = new TableIdentifier(table.substring(dot + 1), Option.apply(database));
    Optional<CatalogTable> known = known(name);
    if (known.isPresent()) {
      follow(known.get(), qualified(lake.path(table)));
      return;
    }

    sql("CREATE DATABASE IF NOT EXISTS `" + database + "`");
    sql(
        "CREATE TABLE IF NOT EXISTS "
            + quoted(table)
            + " USING DELTA LOCATION "
            + literal(lake.path(table)));
  }

  private Optional<CatalogTable> known(TableIdentifier name) {
    try {
      return catalog().tableExists(name)
          ? Optional.of(catalog().getTableMetadata(name))
          : Optional.empty();
    } catch (NoSuchDatabaseException | NoSuchTableException e) {
      return Optional.empty(); // dropped just now
    }
  }

  /** In one step: a reader finds the table at the one place or the other. */
  private void follow(CatalogTable known, URI here) {
    if (!qualified(known.location().toString()).equals(here)) {
      CatalogStorageFormat storage = known.storage();
      catalog()
          .alterTable(
              known.withNewStorage(
                  Option.apply(here),
                  storage.inputFormat(),
                  storage.outputFormat(),
                  storage.compressed(),
                  storage.serde(),
                  storage.properties()));
    }
  }

  private SessionCatalog catalog() {
    return lake.spark().sessionState().catalog();
  }

  private URI qualified(String location) {
    Path path = new Path(location);
    try {
      return path.getFileSystem(lake.spark().sessionState().newHadoopConf())
          .makeQualified(path)
          .toUri();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot find the file system of " + location + ": " + Causes.words(e),
          e);
    }
  }

  /**
   * Points the stable views of a model at a version of its prediction table: {@code
   * <model>_current} has the predictions in force, {@code <model>_history} all that were ever
   * published. Each is replaced in one step, so a reader sees the old or the new whole.
   *
   * <p>A commit of another run may come meanwhile: views never go back behind the newest version,
   * whoever replaces them last. Else what a person took back could be seen again.
   *
   * @param predictions the version that this program committed
   */
  public void publishViews(Pipeline pipeline, TableVersion predictions) {
    register(predictions.table());
    TableVersion shown = newest(predictions);
    showAt(pipeline, shown);
    TableVersion next = newest(shown);
    while (next.version() > shown.version()) {
      shown = next;
      showAt(pipeline, shown);
      next = newest(shown);
    }
  }

  private TableVersion newest(TableVersion atLeast) {
    return lake.current(atLeast.table())
        .filter(current -> current.version() > atLeast.version())
        .orElse(atLeast);
  }

  private void showAt(Pipeline pipeline, TableVersion predictions) {
    String model = pipeline.name();
    SpineDefinition spine = pipeline.spine();
    Map<String, String> columns = columns(pipeline);
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
    for (String column :
        new String[] {
          PredictionColumns.SUPERSEDED_AT,
          PredictionColumns.WITHDRAWN_AT,
          PredictionColumns.PUBLICATION
        }) {
      columns.put(column, comment(pipeline, column));
    }

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

  private static Map<String, String> columns(Pipeline pipeline) {
    SpineDefinition spine = pipeline.spine();
    Map<String, String> columns = new LinkedHashMap<>();
    spine.id().forEach(id -> columns.put(id, comment(pipeline, id)));
    columns.put(spine.day(), comment(pipeline, spine.day()));
    columns.put(SpineFeatures.AS_OF, comment(pipeline, SpineFeatures.AS_OF));
    spine.columns().forEach(column -> columns.put(column, ""));
    for (String column : PredictionColumns.answer(pipeline.training().task())) {
      columns.put(column, comment(pipeline, column));
    }

    for (String column :
        new String[] {
          PredictionColumns.MODEL_NAME,
          PredictionColumns.MODEL_VERSION,
          PredictionColumns.VARIANT,
          PredictionColumns.RUN_KEY,
          PredictionColumns.FINGERPRINT,
          PredictionColumns.SCORED_AT
        }) {
      columns.put(column, comment(pipeline, column));
    }

    return columns;
  }

  private static String comment(Pipeline pipeline, String column) {
    return PredictionColumns.comments(pipeline).getOrDefault(column, "");
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
