package org.millrace.features.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.testing.TestSpark;
import org.millrace.features.window.BruteForce.Event;
import org.millrace.features.window.BruteForce.Question;

/**
 * Small random cases of events and questions, and the brute force that they are held to. All go
 * into one Spark job: the case's number is one more key. Run them again with {@code
 * -Dmillrace.test.seed=...}, the seed of the failure message.
 */
final class WindowCases {
  private static final StructType SPINE =
      StructType.fromDDL("id INT, grp INT, name STRING, as_of TIMESTAMP, note STRING");
  private static final StructType EVENTS =
      StructType.fromDDL(
          "grp INT, name STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, amount DOUBLE,"
              + " small FLOAT, whole BIGINT, count INT, text STRING, flag BOOLEAN");

  /** Both clock changes of 2013 in New York, midnight there, and a time before 1970. */
  private static final List<Instant> CENTRES =
      List.of(
          Instant.parse("2013-03-10T07:00:00Z"),
          Instant.parse("2013-11-03T06:00:00Z"),
          Instant.parse("2013-07-01T04:00:00Z"),
          Instant.parse("1969-12-31T23:59:59.999999Z"));

  private static final List<Duration> LENGTHS =
      List.of(Duration.ofNanos(1000), Duration.ofHours(3), Duration.ofDays(1));

  /** One aggregate as asked for, and as the brute force understands it. */
  record Case(
      Aggregate aggregate,
      String function,
      long parameter,
      String column,
      Predicate<Event> filter) {}

  /** Where moments are: half hours around a centre, and the as-of times among them. */
  private record Times(List<Instant> centres, int halfHours, Instant from, Instant to) {}

  final List<Duration> lengths;
  private final Path directory;
  private final Times times;
  private final long seed = Long.getLong("millrace.test.seed", new Random().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<Question> questions = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  Zeros zeros = Zeros.TWO;

  /** Whether -0.0 is told from 0.0. */
  enum Zeros {
    ONE,
    TWO
  }

  private WindowCases(Path directory, List<Duration> lengths, Times times) {
    this.directory = directory;
    this.lengths = lengths;
    this.times = times;
  }

  /** Questions and events around some moments, in windows of up to a day. */
  static WindowCases of(Path directory) {
    return new WindowCases(directory, LENGTHS, new Times(CENTRES, 60, Instant.MIN, Instant.MAX));
  }

  /** Questions of some days, and events before, in windows of up to four days. */
  static WindowCases ofDays(Path directory, ZoneId zone, DayRange days) {
    Instant from = days.from().atStartOfDay(zone).toInstant();
    Instant to = days.to().plusDays(1).atStartOfDay(zone).toInstant();
    return new WindowCases(
        directory,
        List.of(
            Duration.ofHours(3),
            Duration.ofHours(25),
            Duration.ofDays(2),
            Duration.ofDays(3).plusNanos(1000),
            Duration.ofDays(4)),
        new Times(List.of(from.minus(Duration.ofDays(2))), 4 * 48, from, to));
  }

  /** A case of less than so many questions and less than sixteen events. */
  void addRandomCase(int group, int lessThan) {
    addCase(group, random.nextInt(lessThan), random.nextInt(16), 2);
  }

  void addCase(int group, int questionCount, int eventCount, int names) {
    Instant centre = times.centres().get(random.nextInt(times.centres().size()));
    for (int i = 0; i < questionCount; i++) {
      Question question =
          new Question(questions.size(), group, name(names), nullable(20, asOf(centre)));
      questions.add(question);
      if (random.nextInt(10) == 0) {
        questions.add(question); // the same row twice must come out twice
      }
    }
    for (int i = 0; i < eventCount; i++) {
      Event event = event(group, names, centre);
      events.add(event);
      if (random.nextInt(10) == 0) {
        events.add(event); // and counts twice
      }
    }
  }

  private Event event(int group, int names, Instant centre) {
    Instant time = moment(centre);
    Instant known =
        switch (random.nextInt(4)) {
          case 0 -> time;
          case 1 -> time.plus(Duration.ofMinutes(random.nextInt(60 * 72)));
          case 2 -> time.minus(Duration.ofMinutes(random.nextInt(60)));
          default -> moment(centre);
        };
    return new Event(
        group,
        name(names),
        nullable(20, time),
        nullable(20, known),
        nullable(5, amount()),
        nullable(5, random.nextInt(9) == 0 ? Float.NaN : (random.nextInt(7) - 3) * 0.1f),
        nullable(5, random.nextInt(9) == 0 ? random.nextLong() >> 8 : random.nextLong(-4, 5)),
        nullable(5, random.nextInt(3)),
        nullable(5, random.nextBoolean() ? "text " + random.nextInt(3) : "ü" + random.nextInt(2)),
        nullable(5, random.nextBoolean()));
  }

  /** Mostly of one magnitude; in some cases of all magnitudes, and not finite. */
  private double amount() {
    return switch (random.nextInt(40)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> -0.0;
      case 4 -> Double.MIN_VALUE * (random.nextInt(5) - 2);
      case 5 -> 1e300 * (random.nextInt(5) - 2);
      case 6, 7, 8 -> 1e16 * (random.nextInt(3) - 1);
      case 9, 10, 11 -> 0;
      default -> random.nextDouble() * 200 - 100;
    };
  }

  private Instant asOf(Instant centre) {
    Instant asOf = moment(centre);
    while (asOf.isBefore(times.from()) || !asOf.isBefore(times.to())) {
      asOf = moment(centre);
    }

    return asOf;
  }

  /** Coarse, so that equal times are common; sometimes one microsecond beside. */
  private Instant moment(Instant centre) {
    Instant coarse =
        centre.plus(
            Duration.ofMinutes(30L * (random.nextInt(2 * times.halfHours()) - times.halfHours())));
    return random.nextInt(3) == 0 ? coarse.plusNanos(1000L * (random.nextInt(3) - 1)) : coarse;
  }

  private @Nullable String name(int names) {
    return nullable(15, "name " + random.nextInt(names));
  }

  private <T> @Nullable T nullable(int oneIn, T value) {
    return random.nextInt(oneIn) == 0 ? null : value;
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String column : List.of("amount", "small", "whole", "count", "text", "flag")) {
      if (!column.equals("text") && !column.equals("flag")) {
        add(cases, Aggregate.sum(column), "sum", 0, column);
        add(cases, Aggregate.avg(column), "avg", 0, column);
        add(cases, Aggregate.stddev(column), "stddev", 0, column);
      }

      add(cases, Aggregate.count(column), "count", 0, column);
      add(cases, Aggregate.min(column), "min", 0, column);
      add(cases, Aggregate.max(column), "max", 0, column);
      add(cases, Aggregate.countDistinct(column), "countDistinct", 0, column);
      add(cases, Aggregate.quantile(column, 0.5), "quantile", 500_000, column);
      add(cases, Aggregate.quantile(column, 0.901), "quantile", 901_000, column);
      add(cases, Aggregate.quantile(column, 0), "quantile", 0, column);
      add(cases, Aggregate.last(column, 1), "last", 1, column);
      add(cases, Aggregate.last(column, 3), "last", 3, column);
    }

    Predicate<Event> isTwo = event -> Objects.equals(event.count(), 2);
    Predicate<Event> isText = event -> event.text() != null && event.text().startsWith("text");
    cases.add(
        new Case(Aggregate.sum("amount").where("count = 2").as("twos"), "sum", 0, "amount", isTwo));
    cases.add(
        new Case(
            Aggregate.max("amount").where("text LIKE 'text%'").as("texts"),
            "max",
            0,
            "amount",
            isText));
    cases.add(
        new Case(
            Aggregate.last("whole", 2).where("count = 2").as("last_twos"),
            "last",
            2,
            "whole",
            isTwo));
    return cases;
  }

  private static void add(
      List<Case> cases, Aggregate aggregate, String function, long parameter, String column) {
    cases.add(new Case(aggregate, function, parameter, column, event -> true));
  }

  void check(Boundary boundary, boolean oneTime) {
    check(boundary, oneTime, UnaryOperator.identity());
  }

  /** Holds aggregates to brute force, in a view that is changed before. */
  void check(Boundary boundary, boolean oneTime, UnaryOperator<EventWindows> changed) {
    EventWindows view = changed.apply(view(boundary, oneTime));
    WindowAggregates.Result result =
        WindowAggregates.spine(spine(), "as_of").over(view).aggregate();
    List<Row> rows = result.rows().collectAsList();
    assertThat(result.counts().requireConserved().rows())
        .as("seed %d", seed)
        .isEqualTo(questions.size());
    compare(rows, boundary, oneTime);
  }

  /** All aggregates in all windows. */
  EventWindows view(Boundary boundary, boolean oneTime) {
    SparkSession spark = TestSpark.session();
    EventWindows.Builder view =
        EventWindows.of("w", stored(events(spark))).keys("grp", "name").boundary(boundary);
    if (oneTime) {
      view.time("event_timestamp");
    }

    lengths.forEach(length -> view.window(length, aggregates(cases())));
    return view.build();
  }

  /** The questions. */
  Dataset<Row> spine() {
    return stored(spine(TestSpark.session()));
  }

  private static Aggregate[] aggregates(List<Case> cases) {
    return cases.stream().map(Case::aggregate).toArray(Aggregate[]::new);
  }

  /** Compares every column of every row. */
  void compare(List<Row> found, Boundary boundary, boolean oneTime) {
    List<Case> cases = cases();
    Map<Integer, List<Row>> actual =
        found.stream().collect(Collectors.groupingBy(row -> row.getInt(0)));
    Map<Integer, List<Event>> byGroup = events.stream().collect(Collectors.groupingBy(Event::grp));
    Map<Integer, Long> asked =
        questions.stream().collect(Collectors.groupingBy(Question::id, Collectors.counting()));
    for (Question question : questions) {
      List<Row> rows = actual.getOrDefault(question.id(), List.of());
      assertThat((long) rows.size()).as("seed %d", seed).isEqualTo(asked.get(question.id()));
      List<Event> ofGroup = byGroup.getOrDefault(question.grp(), List.of());
      List<@Nullable Object> expected = expected(question, ofGroup, cases, boundary, oneTime);
      for (Row row : rows) {
        assertSame(question, row, expected, cases);
      }
    }
  }

  private List<@Nullable Object> expected(
      Question question,
      List<Event> ofGroup,
      List<Case> cases,
      Boundary boundary,
      boolean oneTime) {
    List<@Nullable Object> expected = new ArrayList<>(SPINE.size());
    for (Duration length : lengths) {
      List<Event> window =
          BruteForce.window(question, ofGroup, length, boundary == Boundary.INCLUSIVE, oneTime);
      for (Case one : cases) {
        List<Event> filtered = window.stream().filter(one.filter()).toList();
        expected.add(
            BruteForce.aggregate(one.function(), one.parameter(), one.column(), filtered, oneTime));
      }
    }

    return expected;
  }

  private void assertSame(
      Question question, Row row, List<@Nullable Object> expected, List<Case> cases) {
    assertThat(row.getInt(1)).isEqualTo(question.grp());
    assertThat(row.get(3)).isEqualTo(question.asOf());
    assertThat(row.getString(4)).isEqualTo("note " + question.id());
    for (int i = 0; i < expected.size(); i++) {
      int column = SPINE.size() + i;
      Object actual = row.isNullAt(column) ? null : row.get(column);
      if (cases.get(i % cases.size()).function().equals("last") && actual != null) {
        actual = row.getList(column);
      }
      if (!Objects.equals(
          comparable(actual), comparable(expected.get(i)))) { // equal doubles have equal bits
        throw new AssertionError(
            "seed "
                + seed
                + ": "
                + row.schema().fieldNames()[column]
                + " of "
                + question
                + " is "
                + actual
                + " and should be "
                + expected.get(i));
      }
    }
  }

  private @Nullable Object comparable(@Nullable Object value) {
    if (zeros == Zeros.TWO || value == null) {
      return value;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::comparable).toList();
    }
    if (value instanceof Double number) {
      return number + 0.0;
    }

    return value instanceof Float number ? (Object) (number + 0f) : value;
  }

  /** As files, several of them, so that order and partitions matter. */
  private Dataset<Row> stored(Dataset<Row> rows) {
    String path = directory.resolve(UUID.randomUUID().toString()).toString();
    rows.repartition(3).write().parquet(path);
    return rows.sparkSession().read().parquet(path);
  }

  private Dataset<Row> spine(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (Question asked : questions) {
      rows.add(
          RowFactory.create(
              asked.id(), asked.grp(), asked.name(), asked.asOf(), "note " + asked.id()));
    }

    return spark.createDataFrame(rows, SPINE);
  }

  private Dataset<Row> events(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (Event event : events) {
      rows.add(
          RowFactory.create(
              event.grp(),
              event.name(),
              event.time(),
              event.known(),
              event.amount(),
              event.small(),
              event.whole(),
              event.count(),
              event.text(),
              event.flag()));
    }

    Collections.shuffle(rows, new Random(seed));
    return spark.createDataFrame(rows, EVENTS);
  }
}
