package org.millrace.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.registry.testing.Runs;
import org.millrace.registry.testing.TinyOnnx;

/** What every adapter of {@link ModelRegistry} does. */
public abstract class ModelRegistryContract {
  private static final String FINGERPRINT = "f1";

  /** A directory of the test. */
  protected Path temp;

  /** Unique to the test: adapters may share a server. */
  protected String name = "";

  private ModelRegistry registry;
  private String runKey = "";

  /** A new instance on the same data each time. */
  protected abstract ModelRegistry openRegistry();

  /** Changes the stored model file behind the registry's back. */
  protected abstract void corrupt(ModelVersion version) throws IOException;

  /** An instance whose system does not answer. */
  protected abstract ModelRegistry unreachable() throws IOException;

  /** How many runs of this key the store holds. */
  protected abstract int countRuns(String experiment, String runKey);

  @BeforeEach
  void begin(@TempDir Path directory) {
    temp = directory;
    name = "m" + UUID.randomUUID().toString().replace("-", "");
    runKey = name + ".train.2013-01-01_2013-10-31";
    registry = openRegistry();
  }

  private ModelPackage model(String note) {
    return TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve(note + ".onnx"), note));
  }

  private RunRecord run() {
    return Runs.training(name, runKey, FINGERPRINT);
  }

  private ModelVersion registered(String note) {
    return registry.register(registry.logRun(run()), model(note));
  }

  @Test
  void sameRecordTwiceLeavesOneRun() {
    String first = registry.logRun(run());
    String second = openRegistry().logRun(run());

    assertThat(second).isEqualTo(first);
    assertThat(countRuns(name, runKey)).isEqualTo(1);
  }

  @Test
  void anotherFingerprintIsAnotherRun() {
    String first = registry.logRun(run());
    String second = registry.logRun(Runs.training(name, runKey, "f2"));

    assertThat(second).isNotEqualTo(first);
    assertThat(countRuns(name, runKey)).isEqualTo(2);
  }

  @Test
  void eachFailedAttemptIsARunAndTheSuccessAnother() {
    String failed = registry.logRun(Runs.failed(run(), 0));
    assertThat(registry.logRun(Runs.failed(run(), 0))).isEqualTo(failed);
    registry.logRun(Runs.failed(run(), 600));
    registry.logRun(run());

    assertThat(countRuns(name, runKey)).isEqualTo(3);
  }

  @Test
  void registersAVersionThatIsFoundByNumberAliasAndRunKey() {
    String runId = registry.logRun(run());
    ModelPackage model = model("a");
    ModelVersion version = registry.register(runId, model);
    registry.moveAlias(name, "champion", Optional.empty(), version.version());

    assertThat(version.name()).isEqualTo(name);
    assertThat(version.version()).isEqualTo("1");
    assertThat(version.runId()).isEqualTo(runId);
    assertThat(version.sha256()).isEqualTo(model.sha256());
    assertThat(version.tags())
        .containsEntry("gate", "PASS")
        .containsEntry("millrace.run_key", runKey)
        .containsEntry("millrace.fingerprint", FINGERPRINT)
        .containsKey("sha256.features.json");
    ModelRegistry other = openRegistry();
    assertThat(other.byVersion(name, "1")).contains(version);
    assertThat(other.byAlias(name, "champion")).contains(version);
    assertThat(other.byRunKey(name, runKey)).contains(version);
  }

  @Test
  void sameRunAndModelTwiceIsOneVersion() {
    String runId = registry.logRun(run());
    ModelVersion first = registry.register(runId, model("a"));
    ModelVersion again = openRegistry().register(runId, model("a"));

    assertThat(again).isEqualTo(first);
    assertThat(registry.byVersion(name, "2")).isEmpty();
  }

  @Test
  void anotherModelOfTheSameRunIsTheNextVersion() {
    String runId = registry.logRun(run());
    registry.register(runId, model("a"));
    ModelVersion second = registry.register(runId, model("b"));

    assertThat(second.version()).isEqualTo("2");
    assertThat(registry.byRunKey(name, runKey)).contains(second);
  }

  @Test
  void listsAllVersionsTheNewestFirst() {
    assertThat(registry.versions(name)).isEmpty();
    threeVersions();

    List<ModelVersion> versions = openRegistry().versions(name);

    assertThat(versions).extracting(ModelVersion::version).containsExactly("3", "2", "1");
    assertThat(versions).allSatisfy(one -> assertThat(one.sha256()).isNotEmpty());
    assertThat(registry.versions("no_such_model")).isEmpty();
  }

  @Test
  void aTagNamesTheFileOfAVersion() {
    registered("a");
    registry.tagVersion(name, "1", Map.of("sha256", "abc"));

    assertThat(openRegistry().byVersion(name, "1").orElseThrow().sha256()).isEqualTo("abc");
  }

  @Test
  void absentThingsAreEmpty() {
    assertThat(registry.byVersion(name, "1")).isEmpty();
    assertThat(registry.byAlias(name, "champion")).isEmpty();
    assertThat(registry.byRunKey(name, runKey)).isEmpty();
    registered("a");
    assertThat(registry.byVersion(name, "9")).isEmpty();
    assertThat(registry.byVersion(name, "0")).isEmpty();
    assertThat(registry.byVersion(name, "latest")).isEmpty();
    assertThat(registry.byAlias(name, "champion")).isEmpty();
    assertThat(registry.byRunKey(name, "other")).isEmpty();
  }

  @Test
  void movesAnAliasFromTheVersionThatHoldsIt() {
    threeVersions();
    registry.moveAlias(name, "champion", Optional.empty(), "1");
    registry.moveAlias(name, "champion", Optional.of("1"), "2");
    openRegistry().moveAlias(name, "champion", Optional.of("2"), "2");

    assertThat(holder()).contains("2");
    registry.moveAlias(name, "champion", Optional.of("2"), "1");
    assertThat(openRegistry().byAlias(name, "champion").map(ModelVersion::version)).contains("1");
    assertThat(registry.byAlias(name, "challenger")).isEmpty();
  }

  @Test
  void moveThatExpectsAnotherVersionChangesNothing() {
    threeVersions();
    registry.moveAlias(name, "champion", Optional.empty(), "1");

    assertBusy(() -> registry.moveAlias(name, "champion", Optional.of("2"), "3"))
        .hasMessageContaining("it names version 1, expected version 2; someone else moved it");
    assertThat(holder()).contains("1");
  }

  @Test
  void moveThatExpectsNoHolderChangesNothingWhereThereIsOne() {
    threeVersions();
    registry.moveAlias(name, "champion", Optional.empty(), "1");

    assertBusy(() -> registry.moveAlias(name, "champion", Optional.empty(), "2"))
        .hasMessageContaining("Cannot move " + name + "@champion in " + registry.location())
        .hasMessageContaining("it names version 1, expected no version");
    // not even the version that holds it: another caller gave it
    assertBusy(() -> registry.moveAlias(name, "champion", Optional.empty(), "1"));
    assertThat(holder()).contains("1");
  }

  @Test
  void moveThatExpectsAHolderMakesNoAliasWhereThereIsNone() {
    threeVersions();

    assertBusy(() -> registry.moveAlias(name, "champion", Optional.of("1"), "2"))
        .hasMessageContaining("it names no version, expected version 1");
    assertThat(holder()).isEmpty();
  }

  private void threeVersions() {
    String runId = registry.logRun(run());
    List.of("a", "b", "c").forEach(note -> registry.register(runId, model(note)));
  }

  private Optional<String> holder() {
    return registry.byAlias(name, "champion").map(ModelVersion::version);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertBusy(ThrowingCallable move) {
    return assertThatThrownBy(move)
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.BUSY);
  }

  @Test
  void aRegistryThatAnswersIsUp() {
    registry.requireUp();

    assertThat(registry.byRunKey(name, runKey)).isEmpty();
  }

  @Test
  void aRegistryThatDoesNotAnswerIsNotUp() throws IOException {
    ModelRegistry down = unreachable();

    assertThatThrownBy(down::requireUp)
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot ")
        .hasMessageContaining(down.location())
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL);
  }

  @Test
  void tagsAreAddedAndReplaced() {
    registered("a");
    registry.tagVersion(name, "1", Map.of("gate", "FAIL", "scored.late_flight", "7"));

    assertThat(registry.byVersion(name, "1").orElseThrow().tags())
        .containsEntry("gate", "FAIL")
        .containsEntry("scored.late_flight", "7")
        .containsEntry("version", "1.0.0");
  }

  @Test
  void refusesToChangeAVersionThatIsNotThere() {
    assertThatThrownBy(() -> registry.moveAlias(name, "champion", Optional.empty(), "1"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot change " + name + "/1: there is no such version")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
    assertThatThrownBy(() -> registry.tagVersion(name, "1", Map.of("a", "b")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot change " + name + "/1: there is no such version");
  }

  @Test
  void refusesAModelOfARunThatIsNotThere() {
    String absent = "0123456789abcdef0123456789abcdef";
    assertThatThrownBy(() -> registry.register(absent, model("a")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot register " + name + ": there is no run " + absent)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
  }

  @Test
  void refusesAFileThatIsNotTheOneNamed() throws IOException {
    String runId = registry.logRun(run());
    ModelPackage model = model("a");
    Files.write(model.onnx(), new byte[] {1, 2, 3});

    assertThatThrownBy(() -> registry.register(runId, model))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot register " + name + ": SHA-256 of")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT);
    assertThat(registry.byVersion(name, "1")).isEmpty();
  }

  @Test
  void downloadsTheModelAndItsFiles() throws IOException {
    ModelVersion version = registered("a");
    Path onnx = temp.resolve("cache/deep/model.onnx");
    registry.download(version, "model.onnx", onnx);
    registry.download(version, "features.json", temp.resolve("f.json"));

    assertThat(onnx).hasSameBinaryContentAs(temp.resolve("a.onnx"));
    assertThat(temp.resolve("f.json")).content(UTF_8).isEqualTo("{}");
  }

  @Test
  void refusesAModelThatSomeoneChanged() throws IOException {
    ModelVersion version = registered("a");
    corrupt(version);
    Path target = temp.resolve("model.onnx");

    assertThatThrownBy(() -> registry.download(version, "model.onnx", target))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use model.onnx of " + name + "/1: its SHA-256 is")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT);
    assertThat(temp).isDirectoryNotContaining(file -> file.toString().contains("model.onnx"));
  }

  @Test
  void refusesAPathOutOfTheModel() {
    ModelVersion version = registered("a");
    assertThatThrownBy(() -> registry.download(version, "../../secret", temp.resolve("secret")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use '../../secret' as a file of a model");
  }

  @Test
  void saysWhichFileOfAModelIsNotThere() {
    ModelVersion version = registered("a");
    assertThatThrownBy(() -> registry.download(version, "absent.json", temp.resolve("x")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "Cannot download absent.json of " + name + "/1: there is no such file")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT);
  }

  @Test
  void twoRunsAtOnceGetTwoVersions() throws Exception {
    List<Callable<ModelVersion>> calls = new ArrayList<>();
    for (String note : List.of("a", "b", "c", "d")) {
      String runId = registry.logRun(Runs.training(name, runKey, note));
      ModelPackage model = model(note);
      calls.add(() -> openRegistry().register(runId, model));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<String> versions = new ArrayList<>();
    for (Future<ModelVersion> version : threads.invokeAll(calls)) {
      versions.add(version.get().version());
    }
    threads.shutdown();

    assertThat(versions).containsExactlyInAnyOrder("1", "2", "3", "4");
  }

  @Test
  void scoringRunKeepsItsModel() {
    ModelVersion version = registered("a");
    RunRecord scoring = Runs.scoring(name, name + ".score.2013-12-01", "f1", version);

    assertThat(registry.logRun(scoring)).isEqualTo(registry.logRun(scoring));
    assertThat(countRuns(name, scoring.runKey())).isEqualTo(1);
  }

  @Test
  void linksToARun() {
    String runId = registry.logRun(run());
    assertThat(registry.runLink(name, runId)).startsWith(linkStart()).contains(runId);
  }

  /** How its links begin. */
  protected abstract String linkStart();
}
