package org.millrace.registry.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelVersion;

/** The folder of one registered model; used under the registry's lock. */
final class ModelFolder {
  private final Path path;
  private final RegistryFiles files;

  ModelFolder(Path path, RegistryFiles files) {
    this.path = path;
    this.files = files;
  }

  /** Never the same twice: a number stays claimed where its version never appeared or is gone. */
  String nextNumber() {
    int number = 1;
    while (!files.claim(path.resolve("numbers").resolve(Integer.toString(number)))) {
      number++;
    }
    return Integer.toString(number);
  }

  /** Builds the version beside the others and moves it among them as a whole. */
  void publish(ModelVersion version, ModelPackage model) {
    Path staging = path.resolve("staging-" + version.version());
    try {
      Files.createDirectories(staging.resolve("files"));
      Files.copy(model.onnx(), staging.resolve("files").resolve("model.onnx"));
      for (Map.Entry<String, byte[]> file : model.files().entrySet()) {
        Path target = staging.resolve("files").resolve(file.getKey());
        Files.createDirectories(target.getParent());
        Files.write(target, file.getValue());
      }
      files.write(staging.resolve("version.json"), version);
      Files.createDirectories(path.resolve("versions"));
      Files.move(
          staging,
          path.resolve("versions").resolve(version.version()),
          StandardCopyOption.ATOMIC_MOVE);
      removeAbandoned();
    } catch (IOException e) {
      throw RegistryFiles.failure("write " + version, e);
    }
  }

  /** What a dead process left half built: under the lock nobody else is building. */
  private void removeAbandoned() throws IOException {
    try (Stream<Path> children = Files.list(path)) {
      for (Path child :
          children.filter(p -> p.getFileName().toString().startsWith("staging-")).toList()) {
        try (Stream<Path> tree = Files.walk(child)) {
          for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }

  /** The target appears whole and checked, or stays as it was. */
  static void copy(ModelVersion version, String file, Path source, Path target) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try {
        Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING);
        version.requireIntact(file, part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw RegistryFiles.failure("copy " + file + " of " + version + " to " + target, e);
    }
  }
}
