package org.millrace.jobs.spine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionMetadata;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.SqlText;
import org.millrace.features.testing.TestSpark;

final class TestLabelJoin {
  private static final SparkSession SPARK = TestSpark.session();
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final StructType SPINE =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("loan", DataTypes.StringType)
          .add("as_of", DataTypes.TimestampType)
          .add("day", DataTypes.DateType);
  private static final StructType LABELS =
      new StructType()
          .add("loan", DataTypes.StringType)
          .add("repaid", DataTypes.IntegerType)
          .add("known_at", DataTypes.TimestampType);

  /** Late March has a day of 23 hours in the zone. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void agreesWithTheRuleAsItIsWritten(int horizonDays) {
    SplittableRandom random = new SplittableRandom(7 + horizonDays);
    List<Row> asked = new ArrayList<>();
    List<Row> known = new ArrayList<>();
    Instant start = Instant.parse("2024-03-28T22:00:00Z");
    for (long id = 0; id < 400; id++) {
      Instant asOf = start.plusSeconds(1800L * random.nextInt(200));
      @Nullable String loan = random.nextInt(20) == 0 ? null : "l" + random.nextInt(12);
      asked.add(RowFactory.create(id, loan, asOf, LocalDate.ofInstant(asOf, ZONE)));
    }

    Map<String, Integer> once = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      Instant at = start.plusSeconds(1800L * random.nextInt(360));
      String loan = "l" + random.nextInt(12);
      int value = random.nextInt(2);
      if (once.putIfAbsent(loan + at, value) == null) {
        known.add(RowFactory.create(loan, value, at));
      }
    }

    for (Optional<Integer> absent : List.of(Optional.<Integer>empty(), Optional.of(0))) {
      List<Row> joined = join(label(horizonDays, absent), asked, known).collectAsList();
      assertThat(joined).hasSameSizeAs(asked);
      for (Row row : joined) {
        Optional<Row> answer = answer(row, known, horizonDays);
        Instant judged = judged(row, horizonDays);
        assertThat((Integer) row.getAs("repaid"))
            .as("%s", row)
            .isEqualTo(answer.map(of -> of.getInt(1)).or(() -> absent).orElse(null));
        assertThat((Instant) row.getAs("repaid_known_at"))
            .as("%s", row)
            .isEqualTo(
                answer.map(of -> of.getInstant(2)).or(() -> absent.map(of -> judged)).orElse(null));
      }
    }
  }

  private static Instant judged(Row row, int horizonDays) {
    return row.getLocalDate(3).plusDays(horizonDays + 1L).atStartOfDay(ZONE).toInstant();
  }

  private static Optional<Row> answer(Row asked, List<Row> known, int horizonDays) {
    return known.stream()
        .filter(label -> label.getString(0).equals(asked.getString(1)))
        .filter(label -> label.getInstant(2).isBefore(judged(asked, horizonDays)))
        .max(Comparator.comparing(label -> label.getInstant(2)))
        .filter(label -> label.getInstant(2).isAfter(asked.getInstant(2)));
  }

  @Test
  void aNumberKeepsItsFractionAndIsFinite() {
    LabelDefinition label = label(2, Optional.empty(), LabelDefinition.Values.NUMBER);
    LabelJoin join = new LabelJoin(label, "day", List.of("id"), ZONE);
    Dataset<Row> labels =
        SPARK.sql("SELECT 'a' AS loan, -12.5D AS repaid, timestamp '2024-03-02 10:00:00' known_at");
    List<Row> asked =
        List.of(
            RowFactory.create(
                1L, "a", Instant.parse("2024-03-01T10:00:00Z"), LocalDate.parse("2024-03-01")));

    join.requireSound(labels);
    List<Row> joined = join.join(SPARK.createDataFrame(asked, SPINE), labels).collectAsList();
    assertThat(joined.get(0).<Double>getAs("repaid")).isEqualTo(-12.5);
    assertThatThrownBy(
            () -> join.requireSound(labels.withColumn("repaid", functions.lit(Double.NaN))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use label repaid: 1 rows are no finite number in 'repaid'");
    assertThatThrownBy(
            () -> join.requireSound(labels.union(labels.withColumn("repaid", functions.lit(3.0)))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("1 times rows of the same keys and known_at have different labels");
  }

  @Test
  void aClassIsATextOrAWholeNumber() {
    LabelDefinition label = label(2, Optional.empty(), LabelDefinition.Values.CLASS);
    LabelJoin join = new LabelJoin(label, "day", List.of("id"), ZONE);
    List<Row> asked =
        List.of(
            RowFactory.create(
                1L, "a", Instant.parse("2024-03-01T10:00:00Z"), LocalDate.parse("2024-03-01")));

    for (String value : List.of("'17'", "17", "17L")) {
      Dataset<Row> labels =
          SPARK.sql(
              "SELECT 'a' AS loan, %s AS repaid, timestamp '2024-03-02 10:00:00' known_at"
                  .formatted(value));
      join.requireSound(labels);
      Row joined = join.join(SPARK.createDataFrame(asked, SPINE), labels).head();
      assertThat(joined.<String>getAs("repaid")).isEqualTo("17");
      assertThatThrownBy(() -> join.requireSound(labels.withColumn("repaid", functions.lit(null))))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("Cannot use label repaid: 1 rows are null in 'repaid'");
      assertThatThrownBy(
              () ->
                  join.requireSound(labels.union(labels.withColumn("repaid", functions.lit("b")))))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("1 times rows of the same keys and known_at have different labels");
    }
  }

  @Test
  void aLabelThatIsKnownWhenTheHorizonHasEndedComesTooLate() {
    List<Row> asked =
        List.of(
            RowFactory.create(
                1L, "a", Instant.parse("2024-03-01T10:00:00Z"), LocalDate.parse("2024-03-01")));

    // two days later ends at 23:00 UTC of 3 March in the zone
    assertThat(repaid(asked, "2024-03-03T22:59:59.999999Z")).isEqualTo(1);
    assertThat(repaid(asked, "2024-03-03T23:00:00Z")).isNull();
    assertThat(repaid(asked, "2024-03-01T10:00:00Z")).as("known when it is asked").isNull();
    assertThat(repaid(asked, "2024-03-01T10:00:00.000001Z")).isEqualTo(1);
  }

  private static @Nullable Integer repaid(List<Row> asked, String knownAt) {
    List<Row> known = List.of(RowFactory.create("a", 1, Instant.parse(knownAt)));
    return join(label(2, Optional.empty()), asked, known).head().getAs("repaid");
  }

  /** An event before is none of this row; a label with the row's own name that is, is wrong. */
  @Test
  void whatWasKnownBeforeIsAbsentOnlyIfItIsAnotherEvent() {
    List<Row> asked =
        List.of(
            RowFactory.create(
                1L, "a", Instant.parse("2024-03-01T10:00:00Z"), LocalDate.parse("2024-03-01")));
    List<Row> before = List.of(RowFactory.create("a", 1, Instant.parse("2024-02-01T00:00:00Z")));
    LabelDefinition absent = label(2, Optional.of(0));

    assertThat((Integer) join(absent, asked, before).head().getAs("repaid")).isZero();
    Row named =
        new LabelJoin(absent, "day", List.of("loan"), ZONE)
            .join(SPARK.createDataFrame(asked, SPINE), labels(before))
            .head();
    assertThat((Integer) named.getAs("repaid")).isNull();
    assertThat((Instant) named.getAs("repaid_known_at")).isNull();
  }

  @Test
  void labelsOfWhichItIsUnknownWhichCountsAreRefused() {
    Instant at = Instant.parse("2024-03-01T10:00:00Z");

    assertRefused(List.of(RowFactory.create("a", 2, at), RowFactory.create("a", null, at)))
        .isEqualTo(
            "Cannot use label repaid: 2 rows are neither 0 nor 1 in 'repaid'; correct them in its"
                + " source, or leave them out in its SQL");
    assertRefused(List.of(RowFactory.create(null, 1, at))).contains("1 rows have a null in loan;");
    assertRefused(List.of(RowFactory.create("a", 1, at), RowFactory.create("a", 0, at)))
        .contains("1 times rows of the same keys and known_at have both 0 and 1;");
    new LabelJoin(label(1, Optional.empty()), "day", List.of("id"), ZONE)
        .requireSound(
            labels(List.of(RowFactory.create("a", 1, at), RowFactory.create("a", 1, at))));
  }

  private static org.assertj.core.api.AbstractStringAssert<?> assertRefused(List<Row> labels) {
    List<String> messages = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new LabelJoin(label(1, Optional.empty()), "day", List.of("id"), ZONE)
                    .requireSound(labels(labels)))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> {
              assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT);
              messages.add(String.valueOf(e.getMessage()));
            });
    return assertThat(messages.get(0));
  }

  private static Dataset<Row> join(LabelDefinition label, List<Row> asked, List<Row> known) {
    return new LabelJoin(label, "day", List.of("id"), ZONE)
        .join(SPARK.createDataFrame(asked, SPINE), labels(known));
  }

  private static Dataset<Row> labels(List<Row> rows) {
    return SPARK.createDataFrame(rows, LABELS);
  }

  private static LabelDefinition label(int horizonDays, Optional<Integer> absent) {
    return label(horizonDays, absent, LabelDefinition.Values.BINARY);
  }

  private static LabelDefinition label(
      int horizonDays, Optional<Integer> absent, LabelDefinition.Values values) {
    return new LabelDefinition(
        "repaid",
        DefinitionMetadata.of("D"),
        List.of("raw.outcomes"),
        List.of("loan"),
        0,
        horizonDays,
        values,
        absent,
        SqlText.asWritten("SELECT 1"));
  }
}
