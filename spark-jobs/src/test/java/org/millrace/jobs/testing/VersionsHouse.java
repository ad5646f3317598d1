package org.millrace.jobs.testing;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.room.JobContext;
import org.millrace.registry.testing.InMemoryRegistry;

/**
 * A pipeline of two views, {@code v} with {@code x} and {@code w} with {@code z}, whose rooms all
 * run for real: definitions are edited, versions trained on what they say.
 */
public final class VersionsHouse {
  private static final LocalDate FIRST = LocalDate.parse("2013-01-01");

  /** Training on the first three days, gate on the fourth. */
  public static final DayRange TRAINING = days(1, 4);

  private static final int ROWS = 40;

  /** The registry. */
  public final InMemoryRegistry.Store store = new InMemoryRegistry.Store();

  /** Lines of progress. */
  public final List<String> said = new ArrayList<>();

  private final Path home;

  /** Writes definitions and inputs. */
  public VersionsHouse(Path home) {
    this.home = home;
    new GateDefinitions(home);
    source("asked", "*");
    source("events", "*");
    view("v", "x");
    view("w", "z");
    spine("");
    GateDefinitions.write(
        home,
        "gate/late_flight.yaml",
        """
        model: late_flight
        days: {from: 2013-01-04, to: 2013-01-04}
        ranges: {auc: {min: 0.1}}
        not-worse-than-champion: {auc: {better: higher, by: 0.9}}
        """);
    GateDefinitions.write(
        home,
        "scoring/late_flight.yaml",
        """
        model: late_flight
        predictions: predictions.late_flight
        bounds: {mean-tolerance: 1.0, previous-days: 0}
        """);
    inputs();
  }

  /** A house as another one is now, in a directory of its own. */
  public VersionsHouse(VersionsHouse original, Path home) {
    this.home = home;
    try (Stream<Path> files = Files.walk(original.home)) {
      for (Path file : files.toList()) {
        Path target = home.resolve(original.home.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    store.runs.putAll(original.store.runs);
    original.store.versions.forEach(
        (model, versions) -> store.versions.put(model, new ArrayList<>(versions)));
    store.files.putAll(original.store.files);
    store.aliases.putAll(original.store.aliases);
  }

  /** Defines a source of an input of that name, with these columns. */
  public void source(String name, String columns) {
    GateDefinitions.write(
        home,
        "sources/" + name + ".yaml",
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %1$s}
        sql: SELECT %2$s FROM %1$s
        day: day
        """
            .formatted(name, columns));
  }

  /** Defines a view of one feature; {@code x} and {@code z} are columns of the events. */
  public void view(String name, String feature) {
    view(name, feature, feature, "double");
  }

  /** Defines a view of one feature, of a type, by an expression over the events' columns. */
  public void view(String name, String feature, String expression, String type) {
    view(name, Map.of(feature, expression), type);
  }

  /**
   * Defines a view of several features of a type, each by an expression over the events' columns.
   */
  public void view(String name, Map<String, String> features, String type) {
    StringBuilder columns = new StringBuilder();
    StringBuilder described = new StringBuilder();
    new TreeMap<>(features)
        .forEach(
            (feature, expression) -> {
              columns.append(", %s AS %s".formatted(expression, feature));
              described.append("  %s: {type: %s, description: F}%n".formatted(feature, type));
            });
    GateDefinitions.write(
        home,
        "features/" + name + ".yaml",
        """
        view: %1$s
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events]
        sql: SELECT k, event_timestamp, known_at%2$s FROM events
        features:
        %3$svalidation: v.dqdl
        """
            .formatted(name, columns, described));
  }

  /**
   * Defines the spine.
   *
   * @param condition of its rows, such as {@code WHERE id > 7}; empty for all
   */
  public void spine(String condition) {
    GateDefinitions.write(
        home,
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: SELECT id, k, b, as_of, day, y, t FROM asked %s
        id: [id]
        columns: [k, b]
        day: day
        label: y
        label-known-at: t
        """
            .formatted(condition));
  }

  /** Edits the training definition. */
  public void trainOn(String views, String numeric) {
    GateDefinitions.write(
        home,
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        views: [%s]
        numeric: [%s]
        days: {from: 2013-01-01, to: 2013-01-03}
        major-minor: "1.0"
        trees: {count: 2, depth: 2, bins: 8}
        baseline: {iterations: 3}
        """
            .formatted(views, numeric));
  }

  private void inputs() {
    SplittableRandom random = new SplittableRandom(17);
    List<Row> events = new ArrayList<>();
    List<Row> asked = new ArrayList<>();
    for (LocalDate day : days(1, 7).days()) {
      Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      for (int i = 0; i < ROWS; i++) {
        String key = day + "-" + i;
        double x = random.nextDouble();
        double b = random.nextDouble();
        int label = x + 0.4 * b > 0.6 ? 1 : 0;
        events.add(RowFactory.create(key, start, start, x, 1 - x + 0.1 * b, day));
        Instant asOf = start.plus(Duration.ofHours(10));
        asked.add(RowFactory.create(asked.size(), key, b, asOf, day, label, asOf.plusSeconds(9)));
      }
    }
    write(
        "events",
        events,
        "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, x DOUBLE, z DOUBLE, day DATE");
    write(
        "asked",
        asked,
        "id INT, k STRING, b DOUBLE, as_of TIMESTAMP, day DATE, y INT, t TIMESTAMP");
  }

  private void write(String name, List<Row> rows, String schema) {
    TestSpark.session()
        .createDataFrame(rows, StructType.fromDDL(schema))
        .coalesce(1)
        .write()
        .parquet(home.resolve(name).toString());
  }

  /** A context as a newly started program has it. */
  public JobContext context() {
    Definitions definitions = Definitions.load(home.resolve("conf"), home, new CanonicalSql());
    JobContext plain =
        TestRooms.context(home.resolve("lake"), definitions, () -> new InMemoryRegistry(store));
    return new JobContext(
        plain.spark(),
        plain.pipeline(),
        plain.lake(),
        plain.ledger(),
        plain.leases(),
        plain.registry(),
        plain.clock(),
        plain.home(),
        plain.attempt(),
        (room, text) -> said.add(text));
  }

  /** Runs rooms of some days one after the other, each as a newly started program. */
  public JobResult run(DayRange days, Verb... verbs) {
    List<JobResult> results = new ArrayList<>();
    for (Verb verb : verbs) {
      results.add(TestRooms.job(context(), ScoringHouse.key(verb.word(), days)));
      if (results.get(results.size() - 1).category() != null) {
        break;
      }
    }
    return results.get(results.size() - 1);
  }

  /** Makes what is due until the last of some days, as a newly started program. */
  public JobResult catchUp(DayRange days) {
    PlanOptions options =
        new PlanOptions(
            "", Set.of(), true, OptionalInt.empty(), false, List.of(), List.of(), Champions.NOW);
    return TestRooms.job(
        context(),
        ScoringHouse.key(Verb.RUN.word(), days),
        new RunOptions(options, Optional.empty()));
  }

  /** Makes the features of some days. */
  public JobResult features(DayRange days) {
    return run(days, Verb.INGEST, Verb.MATERIALIZE, Verb.VALIDATE);
  }

  /** Trains a candidate on what the definition says, and lets the gate decide. */
  public JobResult train() {
    return run(TRAINING, Verb.TRAINING_SET, Verb.TRAIN, Verb.GATE);
  }

  /** The contract that a version was registered with. */
  public ModelContract contract(String number) {
    byte[] json =
        requireNonNull(store.files.get("late_flight/" + number + "/contract.json"), "no contract");
    return ModelContract.fromJson(
        new String(json, StandardCharsets.UTF_8), "late_flight/" + number);
  }

  /** {@code day version}, of the predictions in force. */
  public List<String> inForce() {
    JobContext context = context();
    return List.copyOf(
        new TreeSet<>(
            context
                .lake()
                .read(context.lake().require("predictions.late_flight", "publish"))
                .where("superseded_at is null")
                .selectExpr("concat_ws(' ', day, model_version)")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList()));
  }

  /** Days from the n-th to the m-th, from 1. */
  public static DayRange days(int n, int m) {
    return new DayRange(FIRST.plusDays(n - 1L), FIRST.plusDays(m - 1L));
  }
}
