package org.millrace.features.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.features.testing.TestSpark;
import org.millrace.features.validation.ValidationReport.Verdict;

class TestValidateRows {
  private static final SparkSession SPARK = TestSpark.session();
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "origin STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, seq INT, temp DOUBLE,"
              + " gust DOUBLE, visib DECIMAL(5,2), observed DATE");

  /** Each supported rule type: a rule that the twenty rows keep | one that they break. */
  private static final String RULES =
      """
      RowCount = 20 | RowCount between 30 and 50
      ColumnCount = 8 | ColumnCount > 8
      IsComplete "temp" | IsComplete "gust"
      Completeness "gust" > 0.7 | Completeness "gust" > 0.9
      IsUnique "seq" | IsUnique "origin"
      Uniqueness "seq" = 1.0 | Uniqueness "origin" > 0.1
      UniqueValueRatio "seq" = 1.0 | UniqueValueRatio "origin" > 0.1
      IsPrimaryKey "origin" "seq" | IsPrimaryKey "origin"
      DistinctValuesCount "origin" = 2 | DistinctValuesCount "origin" > 2
      ColumnValues "origin" in ["JFK", "LGA"] | ColumnValues "origin" in ["JFK"]
      ColumnValues "origin" not in ["EWR"] | ColumnValues "origin" not in ["LGA"]
      ColumnValues "temp" not between 50 and 60 | ColumnValues "temp" not between 10 and 20
      ColumnValues "origin" matches "[A-Z]{3}" | ColumnValues "origin" matches "J.*"
      ColumnValues "temp" between 0 and 101 | ColumnValues "temp" between 5 and 101
      ColumnValues "temp" >= 5 | ColumnValues "temp" > 5
      ColumnValues "temp" < 101 | ColumnValues "temp" <= 20
      ColumnValues "seq" in [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19] | ColumnValues "seq" in [0,1]
      ColumnValues "gust" > 0 where "gust is not null" | ColumnValues "gust" > 0
      ColumnValues "observed" = "2013-12-01" | ColumnValues "observed" > "2013-12-01"
      ColumnValues "event_timestamp" < "2014-01-01" | ColumnValues "event_timestamp" < "2013-12-01"
      ColumnLength "origin" = 3 | ColumnLength "origin" > 3
      Mean "temp" between 14 and 15 | Mean "temp" > 100
      Sum "seq" = 190 | Sum "seq" < 190
      StandardDeviation "temp" between 5 and 6 | StandardDeviation "temp" > 6
      Entropy "origin" > 0.6 | Entropy "origin" > 0.7
      ColumnCorrelation "temp" "seq" > 0.99 | ColumnCorrelation "temp" "seq" < 0.5
      ColumnExists "temp" | ColumnExists "wind"
      ColumnDataType "seq" = "Integer" | ColumnDataType "origin" = "Integer"
      ColumnNamesMatchPattern "[a-z_]+" | ColumnNamesMatchPattern "^[a-z]+$"
      Completeness "gust" > 0.9 where "seq >= 4" | Completeness "gust" > 0.9 where "seq < 8"
      (IsComplete "temp") and (IsUnique "seq") | (IsComplete "gust") and (IsUnique "seq")
      (IsComplete "gust") or (IsUnique "seq") | (IsComplete "gust") or (IsUnique "origin")
      """;

  @Test
  void everySupportedRuleTypePassesRowsThatKeepIt() {
    ValidationReport report = ValidateRows.validate(rows(twentyRows()), rules(column(0)));

    assertThat(report.failures()).isEmpty();
    assertThat(report.outcomes()).hasSize(7 + RULES.lines().toList().size());
  }

  @Test
  void everySupportedRuleTypeFailsRowsThatBreakIt() {
    ValidationReport report = ValidateRows.validate(rows(twentyRows()), rules(column(1)));

    assertThat(report.failures())
        .hasSize(RULES.lines().toList().size())
        .allSatisfy(failure -> assertThat(failure.reason()).isPresent())
        .allSatisfy(failure -> assertThat(failure.bound()).isNotBlank());
  }

  @Test
  void thoseTestsCoverEverySupportedRuleType() {
    assertThat(DqdlRuleset.SUPPORTED)
        .filteredOn(type -> !type.equals("Composite"))
        .allMatch(type -> RULES.lines().anyMatch(line -> line.startsWith(type + " ")));
    assertThat(RULES).contains(") and (", ") or (");
  }

  private static String column(int column) {
    return RULES
        .lines()
        .map(line -> line.split(" \\| ")[column].strip())
        .collect(Collectors.joining(",\n"));
  }

  @Test
  void aFailureNamesTableDaysRuleValueAndBound() {
    ValidationReport report =
        ValidateRows.validate(rows(twentyRows()), rules("Completeness \"gust\" > 0.9"));

    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.failureMessage("features.weather", DayRange.of(LocalDate.of(2013, 12, 1))))
        .startsWith(
            "Cannot publish features.weather for 2013-12-01: 1 of 8 rules failed on 20 rows")
        .contains("Completeness \"gust\" > 0.9 (value 0.8, bound > 0.9;");
  }

  @Test
  void outcomesStandInTheOrderOfTheFile() {
    ValidationReport report =
        ValidateRows.validate(
            rows(twentyRows()),
            rules("IsUnique \"seq\", RowCount > 1, Mean \"temp\" > 1, IsUnique \"seq\""));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.rows()).isEqualTo(20);
    assertThat(report.outcomes())
        .extracting(RuleOutcome::rule)
        .containsExactly(
            "RowCount > 0",
            "NullCount \"origin\" = 0",
            "NullCount \"event_timestamp\" = 0",
            "NullCount \"known_at\" = 0",
            "NanCount \"temp\" = 0",
            "InfinityCount \"temp\" = 0",
            "DuplicateCount \"origin, event_timestamp, known_at, seq\" = 0",
            "IsUnique \"seq\"",
            "RowCount > 1",
            "Mean \"temp\" > 1");
  }

  @Test
  void equalRowsAreAllowedWhereTheyAreOnlyCounted() {
    List<Row> rows = twentyRows();
    rows.addAll(twentyRows());
    ValidationRules strict = rules("RowCount = 40");
    ValidationRules lenient =
        new ValidationRules(
            strict.source(),
            strict.dqdl(),
            strict.keys(),
            strict.times(),
            strict.tie(),
            strict.features(),
            strict.nanAllowed(),
            strict.emptyDays(),
            ValidationRules.Duplicates.ALLOWED);

    assertThat(ValidateRows.validate(rows(rows), strict).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(ValidateRows.validate(rows(rows), lenient).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void nanIsFoundThoughDeequLetsItThroughAComparison() {
    List<Row> rows = twentyRows();
    rows.add(row("JFK", "2013-12-01T10:00:00Z", 100, Double.NaN, 1.0));
    ValidationRules rules = rules("ColumnValues \"temp\" > 0");

    assertThat(ValidateRows.validate(rows(rows), rules).failures())
        .extracting(RuleOutcome::toString)
        .containsExactly("NanCount \"temp\" = 0 (value 1.0, bound = 0; it has NaN)");
    assertThat(ValidateRows.validate(rows(rows), rules.allowingNan(Set.of("temp"))).verdict())
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void infinitiesOfBothSignsAreFound() {
    List<Row> rows = twentyRows();
    rows.add(row("JFK", "2013-12-01T10:00:00Z", 100, Double.POSITIVE_INFINITY, 1.0));
    rows.add(row("JFK", "2013-12-01T10:00:00Z", 101, Double.NEGATIVE_INFINITY, 1.0));

    assertThat(ValidateRows.validate(rows(rows), rules("RowCount > 0")).failures())
        .extracting(RuleOutcome::toString)
        .containsExactly("InfinityCount \"temp\" = 0 (value 2.0, bound = 0; it has infinities)");
  }

  @Test
  void nullKeysAndTimesAreFound() {
    List<Row> rows = twentyRows();
    rows.add(row(null, "2013-12-01T10:00:00Z", 100, 1.0, 1.0));
    rows.add(row("JFK", null, 101, 1.0, 1.0));

    assertThat(ValidateRows.validate(rows(rows), rules("RowCount > 0")).failures())
        .extracting(RuleOutcome::rule)
        .containsExactly(
            "NullCount \"origin\" = 0",
            "NullCount \"event_timestamp\" = 0",
            "NullCount \"known_at\" = 0");
  }

  @Test
  void rowsThatAgreeInKeysTimesAndTieAreFound() {
    List<Row> rows = twentyRows();
    rows.add(rows.get(3));
    rows.add(rows.get(3));

    assertThat(ValidateRows.validate(rows(rows), rules("RowCount > 0")).failures())
        .extracting(outcome -> outcome.value().getAsDouble())
        .containsExactly(2.0);
  }

  @Test
  void noRowsFailUnlessEmptyDaysAreAllowed() {
    ValidationRules rules = rules("IsComplete \"temp\"");
    ValidationRules allowing =
        new ValidationRules(
            rules.source(),
            rules.dqdl(),
            rules.keys(),
            rules.times(),
            rules.tie(),
            rules.features(),
            rules.nanAllowed(),
            EmptyDays.ALLOW);

    assertThat(ValidateRows.validate(rows(List.of()), rules).failures())
        .extracting(RuleOutcome::rule)
        .containsExactly("RowCount > 0");
    assertThat(ValidateRows.validate(rows(List.of()), allowing).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aRulesetThatCannotBeReadIsAWrongDefinition() {
    assertDefinition(() -> validate("RowCount > ")).hasMessageContaining("line 1:");
    assertDefinition(() -> validate("NoSuchRule \"temp\""))
        .hasMessageContaining("NoSuchRule is not valid");
    assertDefinition(() -> validate("")).hasMessageContaining("No rules");
  }

  @Test
  void aRuleThatNoDataCouldKeepIsAWrongDefinition() {
    assertDefinition(() -> validate("Completeness \"tmp\" > 0.9"))
        .hasMessageContaining("there is no column 'tmp'")
        .hasMessageContaining("weather.dqdl");
    assertDefinition(() -> validate("(IsComplete \"temp\") and (IsComplete \"tmp\")"))
        .hasMessageContaining("there is no column 'tmp'");
    assertDefinition(() -> validate("Mean \"origin\" > 3"))
        .hasMessageContaining("Expected type of column origin");
    assertDefinition(() -> validate("(Mean \"origin\" > 3) or (IsComplete \"temp\")"))
        .hasMessageContaining("Expected type of column origin");
    assertDefinition(
            () ->
                validate(
                    "IsComplete \"temp\" where \"seq in (select value from text.`/etc/passwd`)\""))
        .hasMessageContaining("a condition on the columns of one row");
    assertDefinition(() -> validate("IsComplete \"temp\" where \"nope > 3\""))
        .hasMessageContaining("nope");
  }

  @Test
  void whatDeequParsesButCannotDoIsAWrongDefinition() {
    assertDefinition(() -> validate("CustomSql \"select count(*) from primary\" > 0"))
        .hasMessageContaining("type CustomSql are not supported; use one of [Column");
    assertDefinition(() -> validate("DataFreshness \"observed\" < 24 hours"))
        .hasMessageContaining("DataFreshness are not supported");
    assertDefinition(() -> validate("ColumnValues \"event_timestamp\" < now()"))
        .hasMessageContaining("depends on the clock");
    assertDefinition(() -> validate("ColumnValues \"seq\" in [0] with threshold > 0.01"))
        .hasMessageContaining("Deequ ignores 'with threshold'");
    assertDefinition(() -> validate("RowCount > avg(last(3))"))
        .hasMessageContaining("cannot be evaluated");
  }

  @Test
  void aMissingColumnOfTheViewIsAWrongDefinition() {
    assertDefinition(
            () ->
                ValidateRows.validate(
                    rows(twentyRows()).drop("known_at", "seq"), rules("RowCount > 0")))
        .hasMessageContaining("columns [known_at, seq] are missing");
  }

  @Test
  void metricsBecomeRows() {
    ValidationReport report =
        ValidateRows.validate(
            rows(twentyRows()),
            rules("Completeness \"gust\" > 0.9, ColumnValues \"temp\" between 0 and 101"));
    Instant now = Instant.parse("2013-12-02T03:00:00Z");
    DayRange days = new DayRange(LocalDate.of(2013, 12, 1), LocalDate.of(2013, 12, 2));

    Dataset<Row> metrics =
        ValidationMetrics.rows(SPARK, report, "features.weather", days, "key", now);

    assertThat(metrics.count()).isEqualTo(report.outcomes().size());
    Row gust = metrics.where("metric = 'Column.gust.Completeness'").head();
    assertThat(gust.<Double>getAs("value")).isEqualTo(0.8);
    assertThat(gust.<String>getAs("verdict")).isEqualTo("FAIL");
    assertThat(gust.<Instant>getAs("evaluated_at")).isEqualTo(now);
    assertThat(gust.<LocalDate>getAs("to_day")).isEqualTo(days.to());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertDefinition(
      ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION));
  }

  private static ValidationReport validate(String rule) {
    return ValidateRows.validate(rows(twentyRows()), rules(rule));
  }

  private static ValidationRules rules(String rules) {
    return new ValidationRules(
        "weather.dqdl",
        "Rules = [ " + rules + " ]",
        List.of("origin"),
        List.of("event_timestamp", "known_at"),
        Optional.of("seq"),
        List.of("temp", "visib"),
        Set.of(),
        EmptyDays.FAIL);
  }

  /** {@code temp} 5 to 24, {@code gust} null in the first four. */
  private static List<Row> twentyRows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String origin = i % 2 == 0 ? "JFK" : "LGA";
      Double gust = i < 4 ? null : Double.valueOf(i);
      rows.add(row(origin, "2013-12-01T10:00:00Z", i, 5.0 + i, gust));
    }

    return rows;
  }

  private static Row row(
      @Nullable String origin, @Nullable String time, int seq, double temp, @Nullable Double gust) {
    Instant instant = time == null ? null : Instant.parse(time);
    return RowFactory.create(
        origin, instant, instant, seq, temp, gust, null, LocalDate.of(2013, 12, 1));
  }

  private static Dataset<Row> rows(List<Row> rows) {
    return SPARK.createDataFrame(rows, SCHEMA);
  }
}
