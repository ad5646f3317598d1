package org.millrace.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Digest;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.approve.ApproveVersion;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.model.Approval;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.FeatureEncoding.Numeric;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.testing.InMemoryRegistry;
import org.millrace.registry.testing.Runs;

/**
 * A lake with a training set, and a registry in memory: what the gate finds. Candidates are linear
 * models of two columns: {@code x}, which tells the label, and {@code noise}, which does not.
 */
public final class GateHouse {
  /** The pipeline and its model. */
  public static final String MODEL = "late_flight";

  private static final RunKey KEY = TestRooms.key("gate", "2013-01-01", "2013-01-20");
  private static final Instant NOW = Instant.parse("2014-01-02T12:00:00Z");
  private static final StructType SET =
      StructType.fromDDL("i BIGINT, x DOUBLE, noise DOUBLE, y INT, slice STRING, d DATE, k STRING");

  private static final Path BASELINES = temporary();

  /** The registry. */
  public final InMemoryRegistry.Store store = new InMemoryRegistry.Store();

  /** Lines of progress. */
  public final List<String> said = new ArrayList<>();

  private final Path home;
  private final Clock clock = new TickingClock();

  /** A second later each time that it is read, as no two rows are of one moment. */
  private static final class TickingClock extends Clock {
    private final AtomicLong seconds = new AtomicLong();

    @Override
    public Instant instant() {
      return NOW.plusSeconds(seconds.getAndIncrement());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("the tests' clock has one zone");
    }
  }

  /** Writes definitions and a training set below a directory. */
  public GateHouse(Path home) {
    this.home = home;
    shareBaselines();
    new GateDefinitions(home);
    rules(0.6);
    trainingSet();
  }

  /** All houses have the same training set: one fit is enough for all of them. */
  private void shareBaselines() {
    try {
      Files.createDirectories(home.resolve("lake"));
      Files.createSymbolicLink(home.resolve("lake/baselines"), BASELINES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary() {
    try {
      Path directory = Files.createTempDirectory("baselines");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The gate's rules as a definition writes them, without model and days. */
  public void rules(String yaml) {
    GateDefinitions.write(
        home,
        "gate/late_flight.yaml",
        "model: late_flight\ndays: {from: 2013-01-11, to: 2013-01-20}\n" + yaml);
  }

  /** Runs the gate's judgement alone, in a newly started program. */
  public JobResult judgeOnly() {
    return TestRooms.line(
        context(), KEY, (context, key) -> new GateCandidate(context, key, Optional.empty(), true));
  }

  /** The same of a version that a person names. */
  public JobResult judgeOnly(String version) {
    return TestRooms.line(
        context(),
        KEY,
        (context, key) -> new GateCandidate(context, key, Optional.of(version), true));
  }

  /** Approves what awaits it, in a newly started program. */
  public JobResult approve(String why) {
    return TestRooms.line(
        context(),
        KEY,
        (context, key) ->
            new ApproveVersion(context, key, new Approval("ada", why, Optional.empty())));
  }

  /** The gate's rules: bounds of the AUC, and 0.01 worse than the champion at most. */
  public void rules(double minimum) {
    GateDefinitions.write(
        home,
        "gate/late_flight.yaml",
        """
        model: late_flight
        days: {from: 2013-01-11, to: 2013-01-20}
        ranges: {auc: {min: %s}}
        not-worse-than-champion: {auc: {better: higher, by: 0.01}}
        """
            .formatted(minimum));
  }

  private void trainingSet() {
    SplittableRandom random = new SplittableRandom(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      double x = random.nextDouble();
      int label = x + 0.3 * random.nextDouble() > 0.65 ? 1 : 0;
      String slice = i < 300 ? TrainingSetTable.TRAINING : TrainingSetTable.GATE;
      rows.add(
          RowFactory.create(
              (long) i,
              x,
              random.nextDouble(),
              label,
              slice,
              LocalDate.of(2013, 1, i < 300 ? 1 + i % 10 : 11 + i % 10),
              "k" + i % 3));
    }
    JobContext context = context();
    TreeMap<Partition, PartitionNote> made = new TreeMap<>();
    made.put(
        Partition.whole(),
        new PartitionNote("set", RowCounts.accepted(rows.size()), PartitionNote.UNJUDGED));
    CommitNote note = context.note(KEY, "set", List.of()).with(made);
    TableVersion table =
        new TableWriter(
                context.lake(),
                LedgerObjects.trainingSet(MODEL),
                "set",
                Map.of(),
                Optional.of(TrainingSetTable.SLICE))
            .replaceAll(TestSpark.session().createDataFrame(rows, SET).coalesce(1), note);
    context.ledger().append(context.ledger().entriesOf(table, note, clock.instant()), note);
  }

  /** Registers a candidate, as TRAIN would, and returns its number. */
  public String candidate(double weightOfX, double weightOfNoise) {
    String number = register(weightOfX, weightOfNoise, "candidate");
    ledger(context(), LedgerObjects.candidate(MODEL), "candidate " + number, number, "-");
    return number;
  }

  /** Registers a version as another tool does: no tag, no contract, nothing in the ledger. */
  public String foreign(double weightOfX, double weightOfNoise) {
    String number = register(weightOfX, weightOfNoise, "foreign");
    List<ModelVersion> versions = store.versions.getOrDefault(MODEL, List.of());
    ModelVersion made = versions.get(versions.size() - 1);
    versions.set(
        versions.size() - 1, new ModelVersion(MODEL, number, made.runId(), "", "", Map.of()));
    return number;
  }

  private String register(double weightOfX, double weightOfNoise, String note) {
    InMemoryRegistry registry = new InMemoryRegistry(store);
    int number = store.versions.getOrDefault(MODEL, List.of()).size() + 1;
    byte[] onnx = onnx(weightOfX, weightOfNoise, note + " " + number);
    Path file = home.resolve(number + ".onnx");
    try {
      Files.write(file, onnx);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String runId = registry.logRun(Runs.training(MODEL, MODEL + ".train", "" + number));
    registry.register(
        runId,
        new ModelPackage(
            MODEL, file, Digest.sha256(onnx), List.of(), List.of(), Map.of(), Map.of(), Map.of()));
    return "" + number;
  }

  /** A model of both columns. */
  public static byte[] onnx(double weightOfX, double weightOfNoise, String note) {
    FeatureEncoding encoding =
        new FeatureEncoding(List.of(new Numeric("x", 0.5f), new Numeric("noise", 0.5f)), List.of());
    return OnnxExport.linear(
        new LinearModel(encoding, List.of(weightOfX, weightOfNoise), 0),
        OnnxExport.Link.LOGIT,
        Map.of("note", note));
  }

  /** Writes an entry of the ledger. */
  public void ledger(
      JobContext context, String object, String fingerprint, String out, String verdict) {
    context
        .ledger()
        .append(
            List.of(
                LedgerEntry.of(object, Partition.whole())
                    .made(
                        context.note(KEY, fingerprint, List.of()),
                        new PartitionNote(fingerprint, RowCounts.accepted(1), verdict))
                    .output(new Output.Model(out))
                    .finishedAt(clock.instant())),
            context.note(KEY, fingerprint, List.of()));
  }

  /** All definitions, read anew. */
  public Definitions definitions() {
    return Definitions.load(home.resolve("conf"), home, new CanonicalSql());
  }

  /** How the model scores. */
  public ScoringDefinition scoring() {
    return Definitions.named(definitions().scoring(), "scoring", MODEL);
  }

  /** A context as a newly started program has it. */
  public JobContext context() {
    return context(new InMemoryRegistry(store), (room, text) -> said.add(text));
  }

  /** A context with a registry and a listener. */
  public JobContext context(ModelRegistry registry, Progress progress) {
    JobContext plain = TestRooms.context(home.resolve("lake"), definitions(), () -> registry);
    return new JobContext(
        plain.spark(),
        plain.pipeline(),
        plain.lake(),
        plain.ledger(),
        plain.leases(),
        plain.registry(),
        clock,
        plain.home(),
        plain.attempt(),
        progress);
  }

  /** Runs the gate in a newly started program. */
  public JobResult decide() {
    return decide(context());
  }

  /** Runs the gate. */
  public JobResult decide(JobContext context) {
    return TestRooms.line(context, KEY, GateCandidate::new);
  }

  /** Runs the gate on a version, in a newly started program. */
  public JobResult decideOn(String version) {
    return TestRooms.line(
        context(),
        KEY,
        (context, key) -> new GateCandidate(context, key, Optional.of(version), false));
  }

  /** From now on a version that passes begins a rollout. */
  public void rolloutsBeginByTheGate() {
    GateDefinitions.write(
        home,
        "rollout/late_flight.yaml",
        """
        model: late_flight
        ranges: {rank_correlation: {min: 0.5}}
        stages: {shadow: {policy: shadow, days: 1}}
        """);
  }

  /** {@code rollout action stage champion challenger share who why}, oldest first. */
  public List<String> rollouts() {
    return RolloutHistory.read(context().lake().logs(), MODEL).rows().stream()
        .map(
            row ->
                String.join(
                    " ",
                    Long.toString(row.rollout()),
                    row.action().name(),
                    row.stage(),
                    row.champion(),
                    row.challenger(),
                    Double.toString(row.share()),
                    row.who(),
                    row.why()))
        .toList();
  }

  /** The version that holds the alias; "none" if there is none. */
  public String champion() {
    return store.aliases.getOrDefault(MODEL + "@champion", "none");
  }

  /** What a person does in the registry's own pages. */
  public void moveByHand(String version) {
    store.aliases.put(MODEL + "@champion", version);
  }

  /** A tag of the gate on a version; "none" where it is absent. */
  public String tag(String version, String tag) {
    return new InMemoryRegistry(store)
        .byVersion(MODEL, version)
        .orElseThrow()
        .tags()
        .getOrDefault("millrace.gate." + tag, "none");
  }

  /** Verdicts of the runs that the registry has of a candidate, in no order. */
  public List<String> runVerdicts(String version) {
    return store.runs.values().stream()
        .filter(run -> run.name().equals("gate " + MODEL + "/" + version))
        .map(run -> run.tags().getOrDefault("millrace.gate.verdict", "none"))
        .toList();
  }

  /** {@code number candidate champion verdict}, oldest first. */
  public List<String> verdicts() {
    return texts("ops.verdicts", "number", "candidate", "champion", "verdict");
  }

  /** {@code kind from to who verdict}, oldest first. */
  public List<String> moves() {
    return texts("ops.aliases", "kind", "from_version", "to_version", "who", "verdict");
  }

  /** Verdict and version of the ledger's newest entry. */
  public String ledger() {
    return context()
        .ledger()
        .entry(LedgerObjects.verdict(MODEL), Partition.whole())
        .map(entry -> entry.verdict() + " " + entry.output().version())
        .orElse("none");
  }

  private List<String> texts(String table, String... columns) {
    JobContext context = context();
    return context
        .lake()
        .current(table)
        .map(version -> context.lake().read(version).orderBy("number").collectAsList())
        .orElse(List.of())
        .stream()
        .map(row -> text(row, columns))
        .toList();
  }

  private static String text(Row row, String... columns) {
    List<String> words = new ArrayList<>();
    for (String column : columns) {
      words.add(row.isNullAt(row.fieldIndex(column)) ? "-" : "" + row.<Object>getAs(column));
    }
    return String.join(" ", words);
  }
}
