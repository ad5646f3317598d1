package org.millrace.jobs.init;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.max;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.init.SeenTable.SeenColumn;
import org.millrace.jobs.room.Progress;

/** Finds out what a label is, and after how many days it is known. Driver only; Spark jobs. */
final class FindLabel {
  private static final String OPTION = "--label";
  private static final Set<String> YES = Set.of("yes", "y", "true", "t");
  private static final Set<String> NO = Set.of("no", "n", "false", "f");

  private final InitRequest request;
  private final LookAtFiles files;
  private final ZoneId zone;
  private final Progress progress;

  FindLabel(InitRequest request, LookAtFiles files, ZoneId zone, Progress progress) {
    this.request = request;
    this.files = files;
    this.zone = zone;
    this.progress = progress;
  }

  /**
   * The label of a spine's rows.
   *
   * @param keys takes in those of the label
   * @throws MillraceException of category DEFINITION if a label cannot be made of it
   */
  DraftLabel find(SeenTable spine, TimeColumn asked, List<String> id, KeyTypes keys) {
    SeenTable table =
        request
            .label()
            .location()
            .filter(location -> !location.equals(request.spine()))
            .map(location -> files.look(location, this::time))
            .orElse(spine);
    SeenColumn column = table.column(OPTION, request.label().column());
    Optional<TimeColumn> known =
        table.table().equals(spine.table()) ? ownTime(table) : table.time();
    for (String name : id) {
      keys.add(OPTION, spine.column("--id", name), table, key(table, name));
    }

    String value = value(table, column);
    DraftLabel label =
        new DraftLabel(
            column.name(),
            spine,
            asked,
            id,
            table,
            column,
            known,
            value,
            request.labelDays().orElse(0),
            request.absent(),
            keys.all());
    return known.isPresent() ? withDays(label) : requireDays(label);
  }

  /** When a label of the spine's own files became known, if they say so. */
  private Optional<TimeColumn> ownTime(SeenTable table) {
    return request
        .label()
        .knownAt()
        .map(name -> TimeColumn.of(OPTION, table.column(OPTION, name), TimeColumn.Use.KNOWN, zone));
  }

  private static SeenColumn key(SeenTable table, String name) {
    SeenColumn found = table.column("--id", name);
    if (!found.name().equals(name)) {
      throw wrong(
          "--id %s: it is '%s' in %s".formatted(name, found.original(), table.location()),
          "give it the same name in both");
    }

    return found;
  }

  /** That which was named, or the only one that there is. */
  private Optional<TimeColumn> time(SeenTable table) {
    Optional<String> named = request.label().knownAt();
    if (named.isPresent()) {
      return named.map(
          name -> TimeColumn.of(OPTION, table.column(OPTION, name), TimeColumn.Use.KNOWN, zone));
    }

    List<SeenColumn> times =
        table.columns().stream().filter(column -> TimeColumn.isTime(column.type())).toList();
    if (times.size() > 1) {
      throw wrong(
          "--label %s: it is unknown which column of %s has the time when it became known"
              .formatted(request.label().column(), table.location()),
          "name one as FILES:%s@TIME: %s"
              .formatted(
                  request.label().column(),
                  String.join(", ", times.stream().map(SeenColumn::original).toList())));
    }

    return times.stream()
        .findFirst()
        .map(column -> TimeColumn.of(OPTION, column, TimeColumn.Use.KNOWN, zone));
  }

  private String value(SeenTable table, SeenColumn column) {
    List<Object> values = new ArrayList<>();
    table
        .rows()
        .select(col(column.name()))
        .where(col(column.name()).isNotNull())
        .distinct()
        .limit(4)
        .collectAsList()
        .forEach(row -> values.add(row.get(0)));
    boolean isText = column.type().equals(DataTypes.StringType);
    if (!isText
        && request.positive().isEmpty()
        && values.stream().allMatch(FindLabel::isZeroOrOne)) {
      return "CAST({} AS INT)";
    }

    if (values.size() != 2) {
      throw notTwo(column, values);
    }

    String positive = positive(column, values);
    return "CASE WHEN {} = %s THEN 1 ELSE 0 END"
        .formatted(isText ? Words.literal(positive) : positive);
  }

  private static boolean isZeroOrOne(Object value) {
    return value instanceof Boolean
        || (value instanceof Number number
            && (number.doubleValue() == 0 || number.doubleValue() == 1));
  }

  private String positive(SeenColumn column, List<Object> values) {
    TreeSet<String> texts = new TreeSet<>();
    values.forEach(value -> texts.add(String.valueOf(value)));
    if (request.positive().isPresent()) {
      return request
          .positive()
          .filter(texts::contains)
          .orElseThrow(
              () ->
                  wrong(
                      "--label-positive " + request.positive().get(),
                      "the values of %s are %s"
                          .formatted(column.original(), String.join(", ", texts))));
    }

    List<String> positive =
        texts.stream().filter(text -> YES.contains(text.toLowerCase(Locale.ROOT))).toList();
    boolean hasNegative =
        texts.stream().anyMatch(text -> NO.contains(text.toLowerCase(Locale.ROOT)));
    if (positive.size() == 1 && hasNegative) {
      return positive.get(0);
    }

    throw wrong(
        "--label %s: it is unknown which of %s means 1"
            .formatted(column.original(), String.join(", ", texts)),
        "name it with --label-positive");
  }

  private static MillraceException notTwo(SeenColumn column, List<Object> values) {
    List<String> shown = values.stream().map(String::valueOf).sorted().toList();
    return wrong(
        "--label %s: its values are %s%s"
            .formatted(
                column.original(), String.join(", ", shown), values.size() == 4 ? ", ..." : ""),
        "a label is 0 or 1, true or false, or one of two texts");
  }

  private DraftLabel requireDays(DraftLabel label) {
    if (label.days() < 1) {
      throw wrong(
          "--label %s: it is unknown when it becomes known".formatted(request.label().column()),
          "give the number of days, such as --label-after 30d with at least one, or name its time as FILES:%s@TIME"
              .formatted(request.label().column()));
    }

    return label;
  }

  /** So many days as the slowest label took, unless it was said. */
  private DraftLabel withDays(DraftLabel label) {
    int wanted = request.labelDays().orElse(Integer.MAX_VALUE);
    Row found =
        delays(label)
            .agg(
                count(col("days")),
                max(col("days")),
                count_if(col("days").gt(wanted)),
                count_if(col("days").lt(0)))
            .head();
    if (found.getLong(0) == 0) {
      throw wrong(
          "--label %s: no row of %s with the time when it became known has the %s of one of %s"
              .formatted(
                  request.label().column(),
                  label.table().location(),
                  String.join(", ", label.id()),
                  label.spine().location()),
          "compare the two");
    }

    say(
        found,
        2,
        "came later than %d days after their rows, the slowest after %d"
            .formatted(request.labelDays().orElse(0), found.getInt(1)));
    say(found, 3, "are of a day before that of their rows");
    return label.withDays(request.labelDays().orElseGet(() -> Math.max(0, found.getInt(1))));
  }

  private void say(Row found, int at, String what) {
    if (found.getLong(at) > 0) {
      progress.say(
          "init",
          "note: %,d of %,d labels %s: they will not count"
              .formatted(found.getLong(at), found.getLong(0), what));
    }
  }

  private static Dataset<Row> delays(DraftLabel label) {
    Dataset<Row> asked = keyed(label, label.spine(), true);
    Dataset<Row> came = keyed(label, label.table(), false);
    Column same =
        label.id().stream()
            .map(name -> asked.col(name).equalTo(came.col(name)))
            .reduce(Column::and)
            .orElseThrow();
    return asked.join(came, same).select(datediff(col("came"), col("asked")).as("days"));
  }

  private static Dataset<Row> keyed(DraftLabel label, SeenTable table, boolean isAsked) {
    List<Column> columns = new ArrayList<>();
    Map<String, DataType> types = label.keys();
    for (String name : label.id()) {
      DataType type = types.get(name);
      columns.add(type == null ? col(name) : col(name).cast(type).as(name));
    }

    String of = isAsked ? label.asked().day() : label.known().orElseThrow().day();
    columns.add(expr(of).as(isAsked ? "asked" : "came"));
    return table.rows().select(columns.toArray(Column[]::new));
  }

  private static MillraceException wrong(String what, String advice) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot use %s; %s".formatted(what, advice));
  }
}
