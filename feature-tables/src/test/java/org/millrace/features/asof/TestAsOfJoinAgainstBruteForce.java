package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.BruteForce.Fact;
import org.millrace.features.asof.BruteForce.Question;
import org.millrace.features.asof.BruteForce.Variant;
import org.millrace.features.testing.TestSpark;

/**
 * Thousands of small random cases in one Spark job: the case's number is one more key. Run one
 * again with {@code -Dmillrace.test.seed=...}, the seed of the failure message.
 */
@Tag("slow")
class TestAsOfJoinAgainstBruteForce {
  private static final StructType SPINE =
      StructType.fromDDL(
          "id INT, grp INT, name STRING, code INT, num BIGINT, text STRING, big DECIMAL(30, 2),"
              + " as_of TIMESTAMP, note STRING");
  private static final StructType FACTS =
      StructType.fromDDL(
          "grp INT, `the name` STRING, code INT, num BIGINT, text STRING, big DECIMAL(30, 2),"
              + " event_timestamp TIMESTAMP, known_at TIMESTAMP, tie INT, value DOUBLE,"
              + " label STRING");

  /** Both clock changes of 2013 in New York, midnight there, and a time before 1970. */
  private static final List<Instant> CENTRES =
      List.of(
          Instant.parse("2013-03-10T07:00:00Z"),
          Instant.parse("2013-11-03T06:00:00Z"),
          Instant.parse("2013-07-01T04:00:00Z"),
          Instant.parse("1969-12-31T23:59:59.999999Z"));

  private static final Map<String, String> BY_NAME = Map.of("grp", "grp", "the name", "name");
  private static final Map<String, String> BY_NAME_AND_CODE =
      Map.of("grp", "grp", "the name", "name", "code", "code");

  private static final List<Variant> VARIANTS =
      List.of(
          variant("plain", BY_NAME, null, Boundary.INCLUSIVE, "tie"),
          variant("exclusive", BY_NAME, null, Boundary.EXCLUSIVE, "tie"),
          variant("hour", BY_NAME, Duration.ofHours(1), Boundary.INCLUSIVE, null),
          variant("day", BY_NAME, Duration.ofDays(1), Boundary.EXCLUSIVE, "tie"),
          variant("coded", BY_NAME_AND_CODE, Duration.ofDays(1), Boundary.INCLUSIVE, "tie"),
          variant("coded_plain", BY_NAME_AND_CODE, null, Boundary.EXCLUSIVE, null),
          variant("pair", Map.of("grp", "grp", "code", "code"), null, Boundary.INCLUSIVE, null),
          variant("num", Map.of("num", "num"), Duration.ofHours(5), Boundary.EXCLUSIVE, "tie"),
          variant("text", Map.of("text", "text"), null, Boundary.INCLUSIVE, "tie"),
          variant("big", Map.of("big", "big"), Duration.ofDays(2), Boundary.INCLUSIVE, null));

  @TempDir Path directory;

  private final long seed = Long.getLong("millrace.test.seed", new Random().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<Question> questions = new ArrayList<>();
  private final List<Fact> facts = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(AsOfStrategy.class)
  void equalsBruteForceOnThousandsOfCases(AsOfStrategy strategy) {
    for (int group = 1; group <= 2000; group++) {
      addCase(group, random.nextInt(6), random.nextInt(12), 3);
    }

    check(TestSpark.session(), strategy);
  }

  @ParameterizedTest
  @EnumSource(AsOfStrategy.class)
  void equalsBruteForceWhereOneKeyHasMostOfTheRows(AsOfStrategy strategy) {
    for (int group = 1; group <= 100; group++) {
      addCase(group, 3, 6, 3);
    }

    addCase(0, 500, 1000, 1);
    check(TestSpark.session(), strategy);
  }

  @ParameterizedTest
  @EnumSource(names = {"MEMORY", "BROADCAST"})
  void equalsBruteForceWhereTasksExchangeDataAsExecutorsDo(AsOfStrategy strategy) {
    SparkSession spark = TestSpark.session().newSession();
    spark.conf().set(Shared.SHARE_MEMORY, "false");
    for (int group = 1; group <= 1000; group++) {
      addCase(group, random.nextInt(6), random.nextInt(12), 3);
    }

    check(spark, strategy);
  }

  @ParameterizedTest
  @EnumSource(AsOfStrategy.class)
  void daysOfATtlHave24HoursInASessionOfAnyTimeZone(AsOfStrategy strategy) {
    SparkSession newYork = TestSpark.session().newSession();
    newYork.conf().set("spark.sql.session.timeZone", "America/New_York");
    newYork.conf().set("spark.sql.datetime.java8API.enabled", "true");
    for (int group = 1; group <= 500; group++) {
      addCase(group, random.nextInt(6), random.nextInt(12), 2);
    }

    check(newYork, strategy);
  }

  @Test
  void theOracleAnswersAsThisBruteForceDoes() {
    for (int group = 1; group <= 300; group++) {
      addCase(group, random.nextInt(6), random.nextInt(12), 3);
    }

    SparkSession spark = TestSpark.session();
    AsOfOracle oracle = new AsOfOracle("as_of", views(stored(view(spark))));
    assertThat(counted(oracle.enrich(stored(spine(spark)))))
        .as("seed %d", seed)
        .isEqualTo(expectedRows(winners()));
  }

  private void addCase(int group, int questionCount, int factCount, int names) {
    Instant centre = CENTRES.get(random.nextInt(CENTRES.size()));
    for (int i = 0; i < questionCount; i++) {
      Question question =
          new Question(questions.size(), group, name(names), code(), nullable(20, moment(centre)));
      questions.add(question);
      if (random.nextInt(10) == 0) {
        questions.add(question); // the same row twice must come out twice
      }
    }
    for (int i = 0; i < factCount; i++) {
      Instant event = moment(centre);
      // on time, late by up to three days, or known before it becomes true (a schedule)
      Instant known =
          switch (random.nextInt(4)) {
            case 0 -> event;
            case 1 -> event.plus(Duration.ofMinutes(random.nextInt(60 * 72)));
            case 2 -> event.minus(Duration.ofMinutes(random.nextInt(60)));
            default -> moment(centre);
          };
      Fact fact =
          new Fact(
              group,
              name(names),
              code(),
              nullable(20, event),
              nullable(20, known),
              nullable(4, random.nextInt(2)),
              nullable(4, random.nextInt(6) == 0 ? Double.NaN : random.nextInt(3)),
              nullable(4, "label " + random.nextInt(2)));
      facts.add(fact);
      if (random.nextInt(10) == 0) {
        facts.add(fact);
      }
    }
  }

  /** Coarse, so that equal times are common; sometimes one microsecond beside. */
  private Instant moment(Instant centre) {
    Instant coarse = centre.plus(Duration.ofMinutes(30L * (random.nextInt(120) - 60)));
    return random.nextInt(3) == 0 ? coarse.plusNanos(1000L * (random.nextInt(3) - 1)) : coarse;
  }

  private @Nullable String name(int names) {
    return nullable(15, "name " + random.nextInt(names));
  }

  private @Nullable Integer code() {
    return nullable(15, random.nextInt(2));
  }

  private <T> @Nullable T nullable(int oneIn, T value) {
    return random.nextInt(oneIn) == 0 ? null : value;
  }

  private void check(SparkSession spark, AsOfStrategy strategy) {
    AsOfJoin join = AsOfJoin.spine(stored(spine(spark)), "as_of").strategy(strategy);
    for (AsOfView view : views(stored(view(spark)))) {
      join = join.with(view);
    }

    Map<String, List<@Nullable Fact>> winners = winners();
    AsOfJoin.Result joined = join.join();
    assertThat(counted(joined.rows())).as("seed %d", seed).isEqualTo(expectedRows(winners));

    AsOfCounts counts = joined.counts().requireConserved();
    assertThat(counts.rows()).as("seed %d", seed).isEqualTo(questions.size());
    assertThat(counts.matched()).as("seed %d", seed).isEqualTo(expectedMatches(winners));
  }

  private static List<AsOfView> views(Dataset<Row> rows) {
    List<AsOfView> views = new ArrayList<>();
    for (Variant variant : VARIANTS) {
      AsOfView.Builder builder =
          AsOfView.of(variant.name(), rows)
              .boundary(variant.boundary())
              .features("value", "label")
              .withEventTimestamp();
      variant.keys().forEach(builder::key);
      variant.ttl().ifPresent(builder::ttl);
      variant.tie().ifPresent(builder::tie);
      views.add(builder.build());
    }

    return views;
  }

  private static Map<String, Long> counted(Dataset<Row> rows) {
    return rows.collectAsList().stream()
        .map(Row::mkString)
        .collect(Collectors.groupingBy(row -> row, TreeMap::new, Collectors.counting()));
  }

  /** As files, several of them, so that positions in files and partitions matter. */
  private Dataset<Row> stored(Dataset<Row> rows) {
    String path = directory.resolve(UUID.randomUUID().toString()).toString();
    rows.repartition(3).write().parquet(path);
    return rows.sparkSession().read().parquet(path);
  }

  /** By variant: what each question finds; null where nothing was known. */
  private Map<String, List<@Nullable Fact>> winners() {
    Map<Integer, List<Fact>> byGroup = facts.stream().collect(Collectors.groupingBy(Fact::group));
    Map<String, List<@Nullable Fact>> winners = new LinkedHashMap<>();
    for (Variant variant : VARIANTS) {
      List<@Nullable Fact> found = new ArrayList<>();
      for (Question question : questions) {
        List<Fact> candidates = byGroup.getOrDefault(question.group(), List.of());
        found.add(BruteForce.newest(question, variant, candidates));
      }

      winners.put(variant.name(), found);
    }

    return winners;
  }

  private Map<String, Long> expectedRows(Map<String, List<@Nullable Fact>> winners) {
    Map<String, Long> rows = new TreeMap<>();
    for (int i = 0; i < questions.size(); i++) {
      List<@Nullable Object> row = new ArrayList<>(values(questions.get(i)));
      for (List<@Nullable Fact> found : winners.values()) {
        Fact fact = found.get(i);
        row.add(fact == null ? null : fact.value());
        row.add(fact == null ? null : fact.label());
        row.add(fact == null ? null : fact.event());
      }

      rows.merge(RowFactory.create(row.toArray()).mkString(), 1L, Long::sum);
    }

    return rows;
  }

  private static Map<String, Long> expectedMatches(Map<String, List<@Nullable Fact>> winners) {
    Map<String, Long> matches = new LinkedHashMap<>();
    winners.forEach(
        (variant, found) ->
            matches.put(variant, found.stream().filter(fact -> fact != null).count()));
    return matches;
  }

  private Dataset<Row> spine(SparkSession spark) {
    List<Row> rows =
        questions.stream()
            .map(question -> RowFactory.create(values(question).toArray()))
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(rows, new Random(seed));
    return spark.createDataFrame(rows, SPINE);
  }

  private static List<@Nullable Object> values(Question question) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(question.id());
    values.add(question.group());
    values.add(question.name());
    values.add(question.code());
    values.addAll(singleKeys(question.group(), question.name(), question.code()));
    values.add(question.asOf());
    values.add("note " + question.id());
    return values;
  }

  private Dataset<Row> view(SparkSession spark) {
    List<Row> rows =
        facts.stream()
            .map(fact -> RowFactory.create(values(fact).toArray()))
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(rows, new Random(seed + 1));
    return spark.createDataFrame(rows, FACTS);
  }

  private static List<@Nullable Object> values(Fact fact) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(fact.group());
    values.add(fact.name());
    values.add(fact.code());
    values.addAll(singleKeys(fact.group(), fact.name(), fact.code()));
    values.add(fact.event());
    values.add(fact.known());
    values.add(fact.tie());
    values.add(fact.value());
    values.add(fact.label());
    return values;
  }

  /** One column each that says what the group and the code, or the name, say together. */
  private static List<@Nullable Object> singleKeys(
      int group, @Nullable String name, @Nullable Integer code) {
    List<@Nullable Object> keys = new ArrayList<>();
    keys.add(code == null ? null : group * 2L + code - 1000);
    keys.add(name == null ? null : "group " + group + " of " + name);
    keys.add(
        code == null
            ? null
            : new BigDecimal("12345678901234567890.12").add(BigDecimal.valueOf(group * 2L + code)));
    return keys;
  }

  private static Variant variant(
      String name,
      Map<String, String> keys,
      @Nullable Duration ttl,
      Boundary boundary,
      @Nullable String tie) {
    return new Variant(name, keys, Optional.ofNullable(ttl), boundary, Optional.ofNullable(tie));
  }
}
