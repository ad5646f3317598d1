package org.millrace.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FallBack;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.Lake;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.staging.StagingArea;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMoves;
import org.millrace.jobs.challenger.RolloutRequest;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.rollout.DecideRollout;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.unpublish.UnpublishPredictions;
import org.millrace.jobs.validate.ValidateFeatures;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.FeatureEncoding.Numeric;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.testing.InMemoryRegistry;
import org.millrace.registry.testing.Runs;

/**
 * A pipeline of one view whose days can be scored, and three models in a registry in memory. It is
 * built once in a JVM; each test works on a copy of its lake.
 */
public final class ScoringHouse {
  /** The days that have features, each of {@link #ROWS} rows. */
  public static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-02-01"), LocalDate.parse("2013-02-03"));

  /** A day whose rows have a key of which there are no events. */
  public static final LocalDate STRANGERS = LocalDate.parse("2013-02-04");

  /** Rows of a day's spine. */
  public static final long ROWS = 10;

  /** Where predictions become visible. */
  public static final String PREDICTIONS = "predictions.late_flight";

  private static final Path HOME = build();

  private static final String PROFILE = profile();

  private final Path lake;
  private final InMemoryRegistry.Store store = new InMemoryRegistry.Store();

  private Optional<List<String>> inputs = Optional.empty();
  private List<String> withoutDrift = List.of();
  private Optional<FallBack> fallBack = Optional.empty();

  /** Lines of progress. */
  public final List<String> said = new ArrayList<>();

  /** A copy in a directory; version 1 is the champion. */
  public ScoringHouse(Path directory) {
    this.lake = directory.resolve("lake");
    copy(HOME.resolve("lake"), lake);
    register("1", 1);
    register("2", -1);
    register("3", Double.NaN);
    champion("1");
  }

  private static Path build() {
    try {
      Path home = Files.createTempDirectory("millrace-scoring");
      definitions(home);
      inputs(home);
      JobContext context = context(home.resolve("lake"), home, new InMemoryRegistry.Store());
      TestRooms.run(context, key("ingest", DAYS), IngestSources::new);
      TestRooms.run(context, key("materialize", DAYS), MaterializeFeatures::new);
      TestRooms.run(context, key("validate", DAYS), ValidateFeatures::new);
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String profile() {
    return FeatureProfile.of(
            TestSpark.session()
                .range(100)
                .selectExpr("id / 100.0D AS v__x", "id / 100.0D AS noise"),
            List.of("v__x", "noise"),
            List.of())
        .toJson();
  }

  private static void definitions(Path home) {
    new GateDefinitions(home);
    for (String table : List.of("asked", "events")) {
      GateDefinitions.write(
          home,
          "sources/" + table + ".yaml",
          """
          table: raw.%1$s
          description: D
          inputs: {%1$s: %1$s}
          sql: SELECT * FROM %1$s
          day: day
          empty-days: allow
          """
              .formatted(table));
    }
    GateDefinitions.write(
        home,
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events]
        sql: SELECT k, event_timestamp, known_at, x FROM events
        features:
          x: {type: double, description: X}
        validation: v.dqdl
        empty-days: allow
        """);
    GateDefinitions.write(
        home,
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: SELECT id, k, noise, as_of, day, y, t FROM asked
        id: [id]
        columns: [k, noise]
        day: day
        label: y
        label-known-at: t
        """);
    GateDefinitions.write(
        home,
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        views: [v]
        numeric: [v__x, noise]
        days: {from: 2013-01-01, to: 2013-01-10}
        major-minor: "1.0"
        """);
    GateDefinitions.write(
        home,
        "gate/late_flight.yaml",
        "model: late_flight\ndays: {from: 2013-01-11, to: 2013-01-20}\nranges: {auc: {min: 0.5}}\n");
    GateDefinitions.write(
        home,
        "scoring/late_flight.yaml",
        """
        model: late_flight
        predictions: predictions.late_flight
        bounds: {mean-tolerance: 1.0, previous-days: 1}
        """);
    GateDefinitions.write(
        home,
        "rollout/late_flight.yaml",
        """
        model: late_flight
        entity: [k]
        least-rows: 10
        ranges: {mean_difference: {min: -0.9, max: 0.9}}
        stages:
          shadow: {policy: shadow, days: 1}
          canary: {policy: canary, share: 0.85, days: 1}
        """);
  }

  private static void inputs(Path home) {
    SplittableRandom random = new SplittableRandom(3);
    List<Row> events = new ArrayList<>();
    List<Row> asked = new ArrayList<>();
    for (LocalDate day : DAYS.days()) {
      Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      for (int i = 0; i < ROWS; i++) {
        String key = "k" + i % 3;
        Instant at = start.plus(Duration.ofMinutes(10L * i));
        events.add(RowFactory.create(key, at, at, random.nextDouble(), day));
        Instant asOf = start.plus(Duration.ofHours(10)).plusSeconds(i);
        asked.add(
            RowFactory.create(
                asked.size(), key, random.nextDouble(), asOf, day, i % 2, asOf.plusSeconds(9)));
      }
    }
    for (int i = 0; i < ROWS; i++) {
      Instant asOf = STRANGERS.atStartOfDay(ZoneOffset.UTC).plusSeconds(i).toInstant();
      asked.add(
          RowFactory.create(
              asked.size(), "stranger", 0.5, asOf, STRANGERS, 0, asOf.plusSeconds(9)));
    }
    write(
        home.resolve("events"),
        events,
        "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, x DOUBLE, day DATE");
    write(
        home.resolve("asked"),
        asked,
        "id INT, k STRING, noise DOUBLE, as_of TIMESTAMP, day DATE, y INT, t TIMESTAMP");
  }

  private static void write(Path directory, List<Row> rows, String schema) {
    TestSpark.session()
        .createDataFrame(rows, StructType.fromDDL(schema))
        .coalesce(1)
        .write()
        .parquet(directory.toString());
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void register(String number, double weight) {
    FeatureEncoding encoding =
        new FeatureEncoding(
            List.of(new Numeric("v__x", 0.5f), new Numeric("noise", 0.5f)), List.of());
    byte[] onnx =
        OnnxExport.linear(
            new LinearModel(encoding, List.of(weight, 0.25), 0),
            OnnxExport.Link.LOGIT,
            Map.of("note", number));
    Path file = lake.resolve(number + ".onnx");
    try {
      Files.write(file, onnx);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    InMemoryRegistry registry = new InMemoryRegistry(store);
    registry.register(
        registry.logRun(Runs.training("late_flight", "late_flight.train", number)),
        new ModelPackage(
            "late_flight",
            file,
            Digest.sha256(onnx),
            List.of(),
            List.of(),
            Map.of(
                ModelFiles.PROFILE, PROFILE.getBytes(StandardCharsets.UTF_8),
                ModelFiles.IMPORTANCES, "{\"of_trees\":0.75}".getBytes(StandardCharsets.UTF_8)),
            Map.of(),
            Map.of()));
  }

  /** Makes a version the champion, as the gate does. */
  public void champion(String version) {
    store.aliases.put("late_flight@champion", version);
  }

  /** Begins a rollout of a version on the first day. */
  public RolloutMove rollOut(String version) {
    return moves()
        .begin("1", version, Optional.of(DAYS.from()), new RolloutMoves.Cause("ada", "to see"));
  }

  /** Gives the alias to a version, as a person does, and keeps it. */
  public void promote(String from, String version) {
    JobContext context = context();
    RunKey key = key("rollout", DAYS);
    TestRooms.line(
        context,
        key,
        (of, by) ->
            new DecideRollout(
                of,
                by,
                new RolloutRequest(
                    RolloutRequest.Action.PROMOTE,
                    Optional.empty(),
                    Optional.empty(),
                    "ada",
                    "from " + from + " to " + version)));
  }

  /** The rollouts of the model. */
  public RolloutMoves moves() {
    JobContext context = context();
    return new RolloutMoves(
        context, key("rollout", DAYS), context.pipeline().rollout().orElseThrow());
  }

  /** Rows of what challengers score; empty without a table. */
  public Optional<Dataset<Row>> challengers() {
    return tables().current("challengers.late_flight").map(tables()::read);
  }

  /** The rows that readers see. */
  public Dataset<Row> inForce() {
    return tables()
        .read(tables().current(PREDICTIONS).orElseThrow())
        .where("superseded_at IS NULL");
  }

  /** Takes a version out of the registry. */
  public void loseVersion(String version) {
    List<ModelVersion> left =
        new ArrayList<>(store.versions.getOrDefault("late_flight", List.of()));
    left.removeIf(found -> found.version().equals(version));
    store.versions.put("late_flight", left);
  }

  /** Takes a file of version 1 out of the registry. */
  public void lose(String file) {
    store.files.remove("late_flight/1/" + file);
  }

  /** Gives a version a verdict, as the gate does. */
  public void judge(String version, Verdict word, String reason) {
    JobContext context = context();
    Instant now = context.clock().instant();
    RunKey key = key("gate", DAYS);
    Verdicts verdicts = new Verdicts(context.lake());
    VerdictRecord verdict =
        new VerdictRecord(
            "late_flight",
            verdicts.newest("late_flight").map(VerdictRecord::number).orElse(0L) + 1,
            version,
            Optional.of(version),
            new GateDecision(word, List.of(reason)),
            Map.of("auc", 0.4),
            "rules",
            "2013-01-11_2013-01-20",
            10,
            "fingerprint",
            key.toString(),
            now,
            now);
    verdicts.append(verdict, context.note(key, "fingerprint", List.of()));
  }

  /** Writes the report in a newly started program. */
  public JobResult report() {
    return TestRooms.line(context(), key("report", DAYS), WriteReport::new);
  }

  /** Whether the registry answers from now on. */
  public void registryIsUp(boolean isUp) {
    store.up = isUp;
  }

  /** From now on the training definition lists these inputs. */
  public void trainOn(String... numeric) {
    inputs = Optional.of(List.of(numeric));
  }

  /** From now on the drift of these features is not measured. */
  public void leaveOut(String... features) {
    withoutDrift = List.of(features);
  }

  /** From now on a champion falls back on a day whose Brier score is more than this. */
  public void fallBackOverBrier(double most) {
    fallBack =
        Optional.of(
            new FallBack(
                Map.of("brier", new GateDefinition.Range(Optional.empty(), Optional.of(most))),
                1,
                3));
  }

  private Map<String, RolloutDefinition> rollouts(Definitions definitions) {
    RolloutDefinition own = Definitions.named(definitions.rollouts(), "rollout", "late_flight");
    return Map.of(
        own.model(),
        new RolloutDefinition(
            own.model(),
            own.begins(),
            own.challengers(),
            own.entity(),
            own.slices(),
            own.decisionThreshold(),
            own.leastRows(),
            own.ranges(),
            own.notWorse(),
            own.bootstrap(),
            own.givenLoss(),
            fallBack,
            own.stages()));
  }

  private Definitions leavingOut(Definitions definitions) {
    MonitoringDefinition own =
        Definitions.named(definitions.monitoring(), "monitoring", "late_flight");
    MonitoringDefinition other =
        new MonitoringDefinition(
            own.model(), own.psiWarning(), own.driftDays(), withoutDrift, own.labelDays());
    return new Definitions(
        definitions.conf(),
        definitions.platform(),
        definitions.sources(),
        definitions.views(),
        definitions.spines(),
        definitions.labels(),
        definitions.training(),
        definitions.gates(),
        definitions.scoring(),
        Map.of(own.model(), other),
        rollouts(definitions));
  }

  private static Definitions withInputs(Definitions definitions, List<String> numeric) {
    TrainingDefinition own = Definitions.named(definitions.training(), "training", "late_flight");
    TrainingDefinition other =
        new TrainingDefinition(
            own.model(),
            own.task(),
            own.classes(),
            own.spine(),
            own.label(),
            own.views(),
            numeric,
            own.categorical(),
            own.days(),
            own.exclude(),
            own.majorMinor(),
            own.trainer(),
            own.trees(),
            own.baseline());
    return new Definitions(
        definitions.conf(),
        definitions.platform(),
        definitions.sources(),
        definitions.views(),
        definitions.spines(),
        definitions.labels(),
        Map.of(own.model(), other),
        definitions.gates(),
        definitions.scoring(),
        definitions.monitoring(),
        definitions.rollouts());
  }

  private static Definitions definitionsOf(Path home) {
    return Definitions.load(home.resolve("conf"), home, new CanonicalSql());
  }

  private static JobContext context(Path lake, Path home, InMemoryRegistry.Store store) {
    return context(lake, definitionsOf(home), store);
  }

  private static JobContext context(
      Path lake, Definitions definitions, InMemoryRegistry.Store store) {
    return TestRooms.context(lake, definitions, () -> new InMemoryRegistry(store));
  }

  /** A context as a newly started program has it. */
  public JobContext context() {
    Definitions shipped = leavingOut(definitionsOf(HOME));
    JobContext plain =
        context(lake, inputs.map(numeric -> withInputs(shipped, numeric)).orElse(shipped), store);
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

  /** A context as a program has it that was started at a moment. */
  public JobContext contextAt(Instant now) {
    JobContext plain = context();
    return new JobContext(
        plain.spark(),
        plain.pipeline(),
        plain.lake(),
        plain.ledger(),
        plain.leases(),
        plain.registry(),
        Clock.fixed(now, ZoneOffset.UTC),
        plain.home(),
        plain.attempt(),
        plain.progress());
  }

  /** Scores days in a newly started program. */
  public JobResult score(DayRange days) {
    return TestRooms.line(context(), key("score", days), TestRooms::score);
  }

  /** Publishes days in a newly started program. */
  public JobResult publish(DayRange days) {
    return TestRooms.line(context(), key("publish", days), TestRooms::publish);
  }

  /** Takes days back in a newly started program. */
  public JobResult unpublish(DayRange days, UnpublishRequest request) {
    return TestRooms.line(
        context(),
        key("unpublish", days),
        (context, key) -> new UnpublishPredictions(context, key, request));
  }

  /** What the registry has of all runs. */
  public List<RunRecord> runs() {
    return List.copyOf(store.runs.values());
  }

  /** Judges the predictions of days in a newly started program, when their labels are known. */
  public JobResult monitor(DayRange days) {
    return TestRooms.line(context(), monitorKey(days), MonitorPredictions::new);
  }

  /** The run key of the run that judges some days. */
  public static RunKey monitorKey(DayRange days) {
    return key("monitor", new DayRange(days.from().plusDays(1), days.to().plusDays(1)));
  }

  private Lake tables() {
    return new Lake(TestSpark.session(), lake.toString(), ZoneOffset.UTC);
  }

  /** What waits to be published. */
  public StagingArea staged() {
    return new StagingArea(tables(), PREDICTIONS);
  }

  /** {@code day model-version in-force|superseded count}, in order; empty without a table. */
  public List<String> predictions() {
    return tables()
        .current(PREDICTIONS)
        .map(
            version ->
                tables()
                    .read(version)
                    .selectExpr(
                        "concat_ws(' ', day, model_version,"
                            + " if(superseded_at is null, 'in-force', 'superseded')) AS text")
                    .groupBy("text")
                    .count()
                    .orderBy("text")
                    .collectAsList())
        .orElse(List.of())
        .stream()
        .map(row -> row.getString(0) + " " + row.getLong(1))
        .toList();
  }

  /** The n-th of the days, from 1. */
  public static DayRange day(int n) {
    return DayRange.of(DAYS.from().plusDays(n - 1L));
  }

  /** Days from the n-th to the m-th. */
  public static DayRange days(int n, int m) {
    return new DayRange(day(n).from(), day(m).to());
  }

  /** The run key of a room. */
  public static RunKey key(String room, DayRange days) {
    return TestRooms.key(room, days.from().toString(), days.to().toString());
  }
}
