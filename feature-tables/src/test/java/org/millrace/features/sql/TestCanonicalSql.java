package org.millrace.features.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.definition.SqlForm;

class TestCanonicalSql {
  private static final SqlForm FORM = new CanonicalSql();

  @Test
  void layoutCommentsAndCaseOfKeywordsLeaveNoTrace() {
    assertThat(
            FORM.query(
                """
                -- a comment
                select  origin,   /* another /* nested */ */
                  AVG(`temp`) as Mean
                from weather w
                where observed_at >= :from and code <> 'a  B' -- kept
                group by origin
                """))
        .isEqualTo(
            FORM.query(
                "SELECT origin, avg(temp) AS Mean FROM weather w WHERE observed_at>=:from AND code<>'a  B'"
                    + " GROUP BY origin"))
        .isEqualTo(
            "SELECT `origin` , `avg` ( `temp` ) AS `Mean` FROM `weather` `w` WHERE `observed_at` >= :"
                + " `from` AND `code` <> 'a  B' GROUP BY `origin`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SELECT a FROM t | SELECT A FROM t",
        "SELECT a AS b FROM t | SELECT a AS B FROM t",
        "SELECT 'a' FROM t | SELECT 'A' FROM t",
        "SELECT 'a b' FROM t | SELECT 'a  b' FROM t",
        "SELECT a, b FROM t | SELECT b, a FROM t",
        "SELECT 1 FROM t | SELECT 1L FROM t",
        "SELECT a FROM t | SELECT DISTINCT a FROM t",
        "SELECT date FROM t | SELECT DATE FROM t",
        "SELECT a - 1 FROM t | SELECT a -- 1 FROM t",
        "SELECT `a b` FROM t | SELECT a b FROM t",
        "SELECT /*+ BROADCAST(t) */ a FROM t | SELECT a FROM t"
      })
  void whatCanMeanSomethingElseStays(String one, String other) {
    assertThat(FORM.query(one)).isNotEqualTo(FORM.query(other));
  }

  @Test
  void keywordsThatAreNamesKeepTheirCase() {
    assertThat(FORM.query("select Hour, DATE '2013-01-01' from t"))
        .isEqualTo("SELECT `Hour` , DATE '2013-01-01' FROM `t`");
    assertThat(FORM.condition("Left(tailnum, 1) = 'N' and YEAR is not null"))
        .isEqualTo("`left` ( `tailnum` , 1 ) = 'N' AND `YEAR` IS NOT NULL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT a,", "a SELECT", "SELECT 'a", ""})
  void whatCannotBeParsedStaysAsItIs(String sql) {
    assertThat(FORM.query(sql)).isEqualTo(sql);
  }

  @Test
  void nestingThatIsTooDeepStaysAsItIs() {
    String deep = "(".repeat(200_000) + "1" + ")".repeat(200_000);

    assertThat(FORM.condition(deep)).isEqualTo(deep);
  }
}
