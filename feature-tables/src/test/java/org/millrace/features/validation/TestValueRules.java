package org.millrace.features.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.features.testing.TestSpark;

/** Rules on values are exact, where Deequ's are not. */
class TestValueRules {
  private static final SparkSession SPARK = TestSpark.session();
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, big BIGINT,"
              + " money DECIMAL(20,2), share DOUBLE, ratio FLOAT, word STRING");

  /** {@code rule | true if the rows below keep it}, with | as quotes cannot stand in CSV. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // big: 2^53 and 2^53 + 1, which are one DOUBLE
        "ColumnValues \"big\" <= 9007199254740992 | false",
        "ColumnValues \"big\" <= 9007199254740993 | true",
        "ColumnValues \"big\" < 9007199254740994 | true",
        "ColumnValues \"big\" < 9007199254740993 | false",
        "ColumnValues \"big\" in [9007199254740992] | false",
        "ColumnValues \"big\" in [9007199254740992, 9007199254740993] | true",
        "ColumnValues \"big\" not in [9007199254740994] | true",
        "ColumnValues \"big\" not in [9007199254740993] | false",
        "ColumnValues \"big\" between 9007199254740991 and 9007199254740993 | false",
        "ColumnValues \"big\" between 9007199254740991 and 9007199254740994 | true",
        "ColumnValues \"big\" not between 9007199254740993 and 9007199254740999 | true",
        "ColumnValues \"big\" not between 9007199254740992 and 9007199254740999 | false",
        "ColumnValues \"big\" > 9007199254740991.5 | true",
        "ColumnValues \"big\" > 9007199254740992.5 | false",
        "ColumnValues \"big\" >= 9007199254740991.5 | true",
        "ColumnValues \"big\" != 9007199254740992.5 | true",
        "ColumnValues \"big\" = 9007199254740992.5 | false",
        "ColumnValues \"big\" < 99999999999999999999999 | true",
        "ColumnValues \"big\" > 99999999999999999999999 | false",
        "ColumnValues \"big\" > -99999999999999999999999 | true",
        // money: 123456789012345678.91 and .92
        "ColumnValues \"money\" <= 123456789012345678.91 | false",
        "ColumnValues \"money\" <= 123456789012345678.92 | true",
        "ColumnValues \"money\" < 123456789012345678.921 | true",
        "ColumnValues \"money\" > 123456789012345678.909 | true",
        "ColumnValues \"money\" in [123456789012345678.91, 123456789012345678.92] | true",
        "ColumnValues \"money\" not in [123456789012345678.92] | false",
        "ColumnValues \"money\" >= 123456789012345678.92 | false",
        // share 0.1 and 0.2, ratio 0.1 and 0.2 as FLOAT
        "ColumnValues \"share\" in [0.1, 0.2] | true",
        "ColumnValues \"share\" between 0.1 and 0.3 | false",
        "ColumnValues \"ratio\" in [0.1, 0.2] | true",
        "ColumnValues \"ratio\" >= 0.1 | true",
        // word: it's and a\\b
        "ColumnValues \"word\" in [\"it's\", \"a\\\\b\"] | true",
        "ColumnValues \"word\" in [\"it's\"] | false",
        "ColumnValues \"word\" not in [\"it's\"] | false",
        "ColumnValues \"word\" not in [\"its\", \"it''s\", \"ab\"] | true",
        "ColumnValues \"word\" != \"it's\" | false",
        "ColumnValues \"word\" matches \".*\" | true",
        "ColumnValues \"word\" matches \"[a-z]\" | false",
        "ColumnValues \"word\" not matches \"[a-z]\" | true",
        "ColumnValues \"word\" in [\"it's\"] where \"share < 0.15\" | true",
        "ColumnValues \"word\" in [\"it's\"] where \"share > 9\" | true",
        "(ColumnValues \"big\" <= 9007199254740992) or (Mean \"share\" < 1) | true",
        "(ColumnValues \"big\" <= 9007199254740992) and (Mean \"share\" < 1) | false",
      })
  void isExact(String rule, boolean isKept) {
    assertThat(failures(rule, rows()).isEmpty()).as(rule).isEqualTo(isKept);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ColumnValues \"word\" in [\"it's\", \"a\\\\b\"] | false",
        "ColumnValues \"word\" in [\"it's\", \"a\\\\b\", NULL] | true",
        "ColumnValues \"word\" not in [\"x\"] | false",
        "ColumnValues \"word\" not in [\"x\"] where \"word is not null\" | true",
        "ColumnValues \"word\" not in [NULL] | false",
        "ColumnValues \"word\" matches \".*\" | false",
      })
  void aNullBreaksARuleThatDoesNotNameIt(String rule, boolean isKept) {
    List<Row> rows = rows();
    rows.add(row(3, "1.00", 0.1, null));
    assertThat(failures(rule, rows).isEmpty()).as(rule).isEqualTo(isKept);
  }

  @Test
  void emptyAndBlankTextsHaveNames() {
    List<Row> rows = List.of(row(1, "1.00", 0.1, ""), row(2, "1.00", 0.1, " \t"));
    assertThat(failures("ColumnValues \"word\" in [EMPTY, WHITESPACES_ONLY]", rows)).isEmpty();
    assertThat(failures("ColumnValues \"word\" in [EMPTY]", rows)).hasSize(1);
    assertThat(failures("ColumnValues \"word\" not in [WHITESPACES_ONLY]", rows)).hasSize(1);
  }

  @Test
  void aFailureSaysHowManyAndGivesAnExample() {
    assertThat(failures("ColumnValues \"big\" <= 9007199254740992", rows()))
        .containsExactly(
            "ColumnValues \"big\" <= 9007199254740992 (value 0.5, bound <= 9007199254740992; 1 of 2 rows breaks it, such as '9007199254740993')");
    List<Row> rows = rows();
    rows.add(row(3, null, 0.1, "a"));
    assertThat(failures("ColumnValues \"money\" > 0", rows))
        .containsExactly(
            "ColumnValues \"money\" > 0 (value 0.6666666666666666, bound > 0; 1 of 3 rows breaks it, such as NULL; if nulls are allowed, add: where \"money is not null\")");
  }

  @Test
  void aPatternThatIsNoneIsAWrongDefinition() {
    assertThatThrownBy(() -> failures("ColumnValues \"word\" matches \"[a-\"", rows()))
        .hasMessageContaining("its pattern is none: ");
  }

  private static List<String> failures(String rule, List<Row> rows) {
    ValidationRules rules =
        new ValidationRules(
            "v.dqdl",
            "Rules = [ " + rule + " ]",
            List.of("k"),
            List.of("event_timestamp", "known_at"),
            Optional.of("big"),
            List.of(),
            Set.of(),
            EmptyDays.FAIL);
    return ValidateRows.validate(SPARK.createDataFrame(rows, SCHEMA), rules).failures().stream()
        .map(RuleOutcome::toString)
        .toList();
  }

  private static List<Row> rows() {
    return new ArrayList<>(
        List.of(
            row(9_007_199_254_740_992L, "123456789012345678.91", 0.1, "it's"),
            row(9_007_199_254_740_993L, "123456789012345678.92", 0.2, "a\\b")));
  }

  private static Row row(long big, @Nullable String money, double share, @Nullable String word) {
    Instant at = Instant.parse("2024-01-01T00:00:00Z");
    BigDecimal exact = money == null ? null : new BigDecimal(money);
    return RowFactory.create("a", at, at, big, exact, share, (float) share, word);
  }
}
