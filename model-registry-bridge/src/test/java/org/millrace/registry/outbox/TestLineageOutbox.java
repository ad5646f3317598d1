package org.millrace.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.registry.directory.DirectoryRegistry;
import org.millrace.registry.outbox.LineageOutbox.Delivery;
import org.millrace.registry.testing.Runs;

class TestLineageOutbox {
  private static final ModelVersion MODEL =
      new ModelVersion(
          "late_flight", "3", "r1", "m-0123456789abcdef0123456789abcdef", "ab", Map.of("a", "b"));
  private static final RunRecord RUN = Runs.training("late_flight", "late_flight.train", "f1");

  private Path temp;

  @BeforeEach
  void begin(@TempDir Path directory) {
    temp = directory;
  }

  private LineageOutbox outbox() {
    return new LineageOutbox(temp.resolve("outbox"));
  }

  @Test
  void recordSurvivesTheFile() {
    RecordingRegistry registry = new RecordingRegistry(temp);
    RunRecord scoring = Runs.scoring("late_flight", "late_flight.score", "f1", MODEL);
    outbox().put(RUN);
    outbox().put(scoring);
    Delivery delivery = outbox().deliver(registry);

    assertThat(registry.runs).containsExactly(RUN, scoring);
    assertThat(delivery.delivered()).hasSize(2).doesNotHaveDuplicates();
    assertThat(delivery.failures()).isEmpty();
    assertThat(delivery.waiting()).isZero();
  }

  @Test
  void deliversOldestFirstWhateverTheOrderOfArrival() {
    RecordingRegistry registry = new RecordingRegistry(temp);
    RunRecord middle = Runs.failed(RUN, 100);
    RunRecord last = Runs.failed(RUN, 5000);
    List.of(last, RUN, middle).forEach(outbox()::put);
    outbox().deliver(registry);

    assertThat(registry.runs).containsExactly(RUN, middle, last);
  }

  @Test
  void sameRecordTwiceIsOneFile() {
    assertThat(outbox().put(RUN)).isEqualTo(outbox().put(RUN));
    assertThat(outbox().size()).isEqualTo(1);
  }

  @Test
  void secondDeliveryHasNothingToDo() {
    RecordingRegistry registry = new RecordingRegistry(temp);
    outbox().put(RUN);
    outbox().deliver(registry);

    assertThat(outbox().deliver(registry)).isEqualTo(new Delivery(List.of(), List.of(), 0));
    assertThat(registry.runs).hasSize(1);
  }

  @Test
  void crashBeforeTheFileIsDeletedLeavesOneRun() throws IOException {
    RecordingRegistry registry = new RecordingRegistry(temp);
    Path file = outbox().put(RUN);
    byte[] bytes = Files.readAllBytes(file);
    List<String> first = outbox().deliver(registry).delivered();
    Files.write(file, bytes);

    assertThat(outbox().deliver(registry).delivered()).isEqualTo(first);
  }

  @Test
  void brokenFileIsReportedAndStaysAndDoesNotStopTheRest() throws IOException {
    RecordingRegistry registry = new RecordingRegistry(temp);
    Path good = outbox().put(RUN);
    Path broken = good.resolveSibling("000000000000000-broken.json");
    Path empty = good.resolveSibling("000000000000001-empty.json");
    Files.writeString(broken, "{\"experiment\":");
    Files.writeString(empty, "{}");
    Delivery delivery = outbox().deliver(registry);

    assertThat(registry.runs).containsExactly(RUN);
    assertThat(delivery.delivered()).hasSize(1);
    assertThat(delivery.failures()).hasSize(2);
    assertThat(delivery.failures().get(0))
        .contains(broken.toString(), "Cannot read the run record", "repair the file");
    assertThat(delivery.failures().get(1)).contains(empty.toString(), "experiment is null");
    assertThat(delivery.waiting()).isEqualTo(2);
    assertThat(broken).exists();
  }

  @Test
  void registryThatDoesNotAnswerLeavesAllForNextTime() {
    RecordingRegistry registry = new RecordingRegistry(temp);
    registry.failure = Optional.of(ErrorCategory.EXTERNAL);
    outbox().put(RUN);
    outbox().put(Runs.failed(RUN, 100));
    Delivery delivery = outbox().deliver(registry);

    assertThat(delivery.delivered()).isEmpty();
    assertThat(delivery.failures()).singleElement().asString().contains("Cannot log: down");
    assertThat(delivery.waiting()).isEqualTo(2);
    registry.failure = Optional.empty();
    assertThat(outbox().deliver(registry).delivered()).hasSize(2);
  }

  @Test
  void refusedRecordDoesNotStopTheRest() {
    RecordingRegistry registry = new RecordingRegistry(temp);
    registry.failure = Optional.of(ErrorCategory.INTERNAL);
    outbox().put(RUN);
    outbox().put(Runs.failed(RUN, 100));

    assertThat(outbox().deliver(registry).failures()).hasSize(2);
    assertThat(outbox().size()).isEqualTo(2);
  }

  /** A directory registry that remembers what it was given, and can be made to fail. */
  private static final class RecordingRegistry implements ModelRegistry {
    private final List<RunRecord> runs = new ArrayList<>();
    private final DirectoryRegistry target;
    private Optional<ErrorCategory> failure = Optional.empty();

    RecordingRegistry(Path temp) {
      this.target = new DirectoryRegistry(temp.resolve("registry"));
    }

    @Override
    public String logRun(RunRecord run) {
      failure.ifPresent(
          category -> {
            throw new MillraceException(category, "Cannot log: down");
          });
      runs.add(run);
      return target.logRun(run);
    }

    @Override
    public String kind() {
      return target.kind();
    }

    @Override
    public String location() {
      return target.location();
    }

    @Override
    public void requireUp() {
      target.requireUp();
    }

    @Override
    public String runLink(String experiment, String runId) {
      return target.runLink(experiment, runId);
    }

    @Override
    public ModelVersion register(String runId, ModelPackage model) {
      return target.register(runId, model);
    }

    @Override
    public Optional<ModelVersion> byAlias(String name, String alias) {
      return target.byAlias(name, alias);
    }

    @Override
    public Optional<ModelVersion> byVersion(String name, String version) {
      return target.byVersion(name, version);
    }

    @Override
    public List<ModelVersion> versions(String name) {
      return target.versions(name);
    }

    @Override
    public Optional<ModelVersion> byRunKey(String name, String runKey) {
      return target.byRunKey(name, runKey);
    }

    @Override
    public void moveAlias(String name, String alias, Optional<String> expected, String to) {
      target.moveAlias(name, alias, expected, to);
    }

    @Override
    public void tagVersion(String name, String version, Map<String, String> tags) {
      target.tagVersion(name, version, tags);
    }

    @Override
    public void download(ModelVersion version, String file, Path path) {
      target.download(version, file, path);
    }

    @Override
    public void close() {
      target.close();
    }
  }
}
