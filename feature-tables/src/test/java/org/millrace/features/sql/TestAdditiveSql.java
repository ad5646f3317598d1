package org.millrace.features.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.definition.ChangeCategory;
import org.millrace.contracts.definition.DefinitionContent;
import org.millrace.contracts.definition.DefinitionDiff;
import org.millrace.contracts.definition.DefinitionKey;
import org.millrace.contracts.definition.DefinitionKind;
import org.millrace.features.testing.TestSpark;

/** Which changes of a view's SQL leave the columns that were there as they are; run on rows. */
class TestAdditiveSql {
  private static final CanonicalSql FORM = new CanonicalSql();
  private static final DefinitionKey KEY = new DefinitionKey(DefinitionKind.VIEW, "v");
  private static final String COLUMNS = "k, event_timestamp, known_at, x";

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void makeRows() {
    TestSpark.session()
        .sql(
            """
            SELECT k, t, x, y, array(x, y) AS a, named_struct('dew', x) AS s FROM VALUES
              ('a', TIMESTAMP '2013-01-01 00:00:00', 1, 10), ('a', TIMESTAMP '2013-01-01 01:00:00', 2, 20),
              ('b', TIMESTAMP '2013-01-01 00:00:00', 1, 30), ('b', TIMESTAMP '2013-01-01 00:00:00', 1, 40),
              ('c', TIMESTAMP '2013-01-01 00:00:00', NULL, 5) AS r (k, t, x, y)
            """)
        .createOrReplaceTempView("additive_rows");
  }

  private static ChangeCategory category(String before, String now) {
    return new DefinitionDiff(KEY, content(before, "x"), content(now, "x", "y")).category();
  }

  private static DefinitionContent content(String sql, String... features) {
    TreeMap<String, String> data = new TreeMap<>(Map.of("keys.k", "string", "reads", "[raw.r]"));
    data.put("sql", FORM.query(sql.replace("additive_rows", "r")));
    for (String feature : features) {
      data.put("features." + feature + ".type", "int");
    }

    return new DefinitionContent(data, new TreeMap<>());
  }

  private List<String> rows(String sql) {
    return spark.sql("SELECT " + COLUMNS + " FROM (" + sql + ")").collectAsList().stream()
        .map(Object::toString)
        .sorted()
        .toList();
  }

  /** What stands between the marks was added. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM additive_rows",
        "SELECT k, [[y * 2 AS y,]] t AS event_timestamp, t AS known_at, x FROM additive_rows WHERE x > 0",
        """
        WITH a AS (SELECT k, t, x [[, y + 1 AS why]] FROM additive_rows),
          b AS (SELECT k, t, x [[, why, why * 2 AS twice]] FROM a)
        SELECT k, t AS event_timestamp, t AS known_at, x [[, why AS y, twice]] FROM b
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x [[, y]]
        FROM (SELECT k, t, max(x) AS x [[, sum(y) AS y]] FROM additive_rows GROUP BY k, t) AS s
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, sum(x) OVER w AS x [[, sum(y) OVER w AS y]]
        FROM additive_rows WINDOW w AS (PARTITION BY k ORDER BY t)
        """,
        """
        WITH u AS (SELECT k, t, x FROM additive_rows UNION ALL SELECT k, t, y FROM additive_rows),
          b AS (SELECT k, t, x [[, x IS DISTINCT FROM 1 AS y]] FROM u)
        SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM b
        """,
        """
        SELECT l.k, l.t AS event_timestamp, l.t AS known_at, l.x [[, r.y AS y]]
        FROM additive_rows l JOIN (SELECT k, min(t) AS t [[, max(y) AS y]] FROM additive_rows GROUP BY k) r
          ON l.k = r.k AND l.t = r.t
        """
      })
  void aColumnThatIsAddedLeavesTheOthers(String marked) {
    String before = marked.replaceAll("(?s)\\[\\[.*?\\]\\]", "");
    String now = marked.replace("[[", "").replace("]]", "");

    assertThat(rows(now)).isNotEmpty().isEqualTo(rows(before));
    assertThat(category(before, now)).isEqualTo(ChangeCategory.ADDITIVE);
  }

  /** What stands between the marks was added, and other rows come of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT k, t AS event_timestamp, t AS known_at, x [[, explode(a) AS y]] FROM additive_rows",
        "SELECT DISTINCT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM additive_rows",
        """
        SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM
        (SELECT DISTINCT k, t, x [[, y]] FROM additive_rows)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM
        (SELECT k, t, x [[, y]] FROM additive_rows UNION SELECT k, t, x [[, y]] FROM additive_rows)
        """,
        "SELECT k, t AS event_timestamp, t AS known_at, max(x) AS x [[, y]] FROM additive_rows GROUP BY ALL",
        "SELECT k, t AS event_timestamp, t AS known_at, x [[+ 1 AS x]] FROM additive_rows",
        "SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows [[WHERE y > 10]]",
        """
        SELECT l.k, l.t AS event_timestamp, l.t AS known_at, l.x [[, r.y]]
        FROM additive_rows l NATURAL JOIN (SELECT k, t [[, y + 1 AS y]] FROM additive_rows) r
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows
        WHERE (k, y) IN (SELECT k, [[max(]]y[[)]] FROM additive_rows [[GROUP BY k]])
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows CROSS JOIN
        (SELECT p [[, m]] FROM (SELECT 1 AS one, one AS n, n AS p [[, max(x) AS m]] FROM additive_rows))
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows CROSS JOIN
        (SELECT n [[, m]] FROM (SELECT 1 AS one, one AS n [[, max(x) AS m]] FROM additive_rows))
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows
        [[LEFT JOIN (SELECT k AS j, y AS z FROM additive_rows) ON j = k]]
        """
      })
  void whatChangesRowsIsBreaking(String marked) {
    String before = marked.replaceAll("(?s)\\[\\[.*?\\]\\]", "");
    String now = marked.replace("[[", "").replace("]]", "");

    assertThat(rows(now)).isNotEqualTo(rows(before));
    assertThat(category(before, now)).isEqualTo(ChangeCategory.BREAKING);
  }

  /**
   * Two columns of which one is read: {@code [[y|z]]} is the one, then the other. If the readers of
   * x are said to read the same, x is the same.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        SELECT l.k, l.t AS event_timestamp, l.t AS known_at, r.v AS x FROM
        (additive_rows l JOIN (SELECT k, [[x|y]] AS v FROM additive_rows) r ON l.k = r.k)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, xxhash64(*) AS x
        FROM (SELECT k, t, [[x|y]] AS v FROM additive_rows)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, to_json(struct(s.*)) AS x
        FROM (SELECT k, t, [[x|y]] AS v FROM additive_rows) s
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, v AS x FROM (
          SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY k) AS m, s.*
          FROM (SELECT k, t, x, [[x|y]] AS v FROM additive_rows) s)
        """,
        """
        WITH a AS (SELECT k, t, [[x|y]] AS v FROM additive_rows)
        SELECT c1 AS k, c2 AS event_timestamp, c2 AS known_at, c3 AS x FROM a AS q (c1, c2, c3)
        """,
        """
        WITH a AS (SELECT k, t, [[x|y]] AS v FROM additive_rows)
        SELECT c1 AS k, c2 AS event_timestamp, c2 AS known_at, c3 AS x FROM a q(c1, c2, c3)
        """,
        """
        WITH b AS (SELECT k, t AS event_timestamp, t AS known_at, [[x|y]] AS v FROM additive_rows)
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows UNION ALL TABLE b
        """,
        """
        FROM additive_rows SELECT k, t AS event_timestamp, t AS known_at, x
        SELECT k, t, t, [[x|y]]
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM
        (SELECT k, t, [[x|y]] AS v, max(x) AS x FROM additive_rows GROUP BY (1), (2), (3))
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM
        (SELECT k, t, [[x|y]] AS v, max(x) AS x FROM additive_rows GROUP BY ROLLUP(1, 2, 3))
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows WHERE k <> 'a\\
        b' AND [[x|y]] > 1 AND k <> 'd'
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, X FROM
        (SELECT K, T, [[x|Y]] AS x FROM additive_rows)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, s.dew AS x FROM
        (SELECT k, t, named_struct('dew', [[x|y]]) AS s FROM additive_rows)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM additive_rows o
        WHERE EXISTS (SELECT 1 FROM (SELECT k, [[x|y]] AS v FROM additive_rows) i WHERE i.k = o.k AND i.v > 25)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, v AS x
        FROM (SELECT k, t, a FROM additive_rows), LATERAL (SELECT [[element_at(a, 1)|element_at(a, 2)]] AS v)
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, c AS x
        FROM (SELECT k, t, array([[x|y]]) AS b FROM additive_rows) LATERAL VIEW explode(b) e AS c
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, x FROM
        (SELECT k, t, x, rank() OVER (PARTITION BY k ORDER BY [[x|y]]) AS r FROM additive_rows) WHERE r = 1
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, sum(x) AS x FROM additive_rows
        GROUP BY k, t, [[x|y]]
        """,
        """
        SELECT k, t AS event_timestamp, t AS known_at, sum(x) AS x FROM additive_rows
        GROUP BY k, t HAVING max([[x|y]]) > 15
        """
      })
  void whoReadsTheSameFindsTheSame(String marked) {
    Matcher column = Pattern.compile("\\[\\[(.*?)\\|(.*?)\\]\\]").matcher(marked);
    String one = column.replaceFirst("$1");
    String other = column.reset().replaceFirst("$2");
    assertThat(rows(one)).as("%s vs %s", one, other).isNotEqualTo(rows(other));

    assertThat(category(one, other)).isEqualTo(ChangeCategory.BREAKING);
  }

  @Test
  void whatIsReadByPlaceOrAsAWholeIsNotTakenApart() {
    Stream.of(
            "SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM (SELECT * FROM r)",
            "SELECT k, t AS event_timestamp, t AS known_at, x [[, y]] FROM r ORDER BY 2",
            "SELECT /*+ COALESCE(1) */ k, t AS event_timestamp, t AS known_at, x [[, y]] FROM r",
            "WITH c (k, t, x) AS (SELECT k, t, x [[, y]] FROM r) SELECT k, t AS event_timestamp, t AS known_at, x FROM c")
        .forEach(
            marked ->
                assertThat(
                        category(
                            marked.replaceAll("\\[\\[.*?\\]\\]", ""),
                            marked.replace("[[", "").replace("]]", "")))
                    .as(marked)
                    .isEqualTo(ChangeCategory.BREAKING));
  }

  @Test
  void aFeatureThatIsRemovedOrGetsAnotherTypeIsBreaking() {
    String sql = "SELECT k, t AS event_timestamp, t AS known_at, x, y FROM r";
    DefinitionContent both = content(sql, "x", "y");
    DefinitionContent retyped = content(sql, "x");
    retyped = withData(retyped, "features.y.type", "double");

    assertThat(new DefinitionDiff(KEY, both, content(sql, "x")).category())
        .isEqualTo(ChangeCategory.BREAKING);
    assertThat(new DefinitionDiff(KEY, both, retyped).category())
        .isEqualTo(ChangeCategory.BREAKING);
    assertThat(new DefinitionDiff(KEY, both, withData(both, "ttl", "P1D")).category())
        .isEqualTo(ChangeCategory.BREAKING);
    assertThat(new DefinitionDiff(KEY, both, withData(both, "rules", "Rules = [ ]")).category())
        .as("a day that passes has the same rows")
        .isEqualTo(ChangeCategory.ADDITIVE);
  }

  @Test
  void aSourceIsAdditiveIfItsColumnsAreKnownByName() {
    DefinitionKey source = new DefinitionKey(DefinitionKind.SOURCE, "raw.r");
    List<DefinitionContent> sql =
        Stream.of("SELECT k, x FROM f", "SELECT k, x, y FROM f", "SELECT k, x + 1 AS x FROM f")
            .map(TestAdditiveSql::content)
            .toList();
    DefinitionContent star = content("SELECT * FROM f");

    assertThat(new DefinitionDiff(source, sql.get(0), sql.get(1)).category())
        .isEqualTo(ChangeCategory.ADDITIVE);
    Arrays.asList(sql.get(2), star)
        .forEach(
            now ->
                assertThat(new DefinitionDiff(source, sql.get(0), now).category())
                    .isEqualTo(ChangeCategory.BREAKING));
  }

  private static DefinitionContent withData(DefinitionContent content, String path, String value) {
    TreeMap<String, String> data = new TreeMap<>(content.data());
    data.put(path, value);
    return new DefinitionContent(data, content.metadata());
  }
}
