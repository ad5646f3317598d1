package org.millrace.registry.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.registry.ModelRegistryContract;
import org.millrace.registry.testing.Runs;
import org.millrace.registry.testing.TinyOnnx;

class TestDirectoryRegistry extends ModelRegistryContract {
  private Path root() {
    return temp.resolve("registry");
  }

  @Override
  protected ModelRegistry openRegistry() {
    return new DirectoryRegistry(root());
  }

  @Override
  protected void corrupt(ModelVersion version) throws IOException {
    Files.write(versionPath(version).resolve("files/model.onnx"), new byte[] {0});
  }

  private Path versionPath(ModelVersion version) {
    return root().resolve("models/" + version.name() + "/versions/" + version.version());
  }

  @Override
  protected int countRuns(String experiment, String runKey) {
    try (Stream<Path> runs = Files.list(root().resolve("runs"))) {
      return Math.toIntExact(runs.filter(file -> contains(file, "\"" + runKey + "\"")).count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected ModelRegistry unreachable() throws IOException {
    return new DirectoryRegistry(Files.writeString(temp.resolve("file"), "").resolve("registry"));
  }

  @Override
  protected String linkStart() {
    return "file:///";
  }

  @Test
  void numberOfAVersionThatIsGoneIsNotGivenAgain() throws IOException {
    ModelRegistry registry = openRegistry();
    String runId = registry.logRun(Runs.training(name, name + ".train", "f1"));
    ModelVersion first =
        registry.register(
            runId, TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve("a"), "a")));
    try (Stream<Path> tree = Files.walk(versionPath(first))) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }

    ModelVersion next =
        registry.register(
            runId, TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve("a"), "a")));
    assertThat(next.version()).isEqualTo("2");
  }

  @Test
  void halfBuiltVersionOfADeadProcessIsNotSeenAndIsTidiedUp() throws IOException {
    ModelRegistry registry = openRegistry();
    String runId = registry.logRun(Runs.training(name, name + ".train", "f1"));
    Path staging = root().resolve("models/" + name + "/staging-1/files");
    Files.createDirectories(staging);
    Files.write(staging.resolve("model.onnx"), new byte[] {1});
    Path numbers = Files.createDirectories(root().resolve("models/" + name + "/numbers"));
    Files.createFile(numbers.resolve("1"));

    assertThat(registry.byVersion(name, "1")).isEmpty();
    ModelVersion version =
        registry.register(
            runId, TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve("a"), "a")));
    assertThat(version.version()).isEqualTo("2");
    assertThat(staging).doesNotExist();
  }

  @Test
  void refusesNamesThatAreNoFileNames() {
    assertThatThrownBy(() -> openRegistry().byVersion("../x", "1"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use '../x' as a name in a directory registry");
  }
}
