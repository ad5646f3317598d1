package org.millrace.registry.directory;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ExpectedHolder;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;

/**
 * The registry on a directory, shared by all processes of one machine.
 *
 * <pre>
 * runs/RUN_ID.json                         a RunRecord
 * models/NAME/numbers/N                    given numbers, also of versions that are gone
 * models/NAME/versions/N/version.json      a ModelVersion
 * models/NAME/versions/N/files/...         model.onnx and what belongs to it
 * models/NAME/aliases/ALIAS.json           the version it names
 * </pre>
 *
 * <p>Placement: driver only. Thread-safe. Failures: EXTERNAL for the file system, DEFINITION for
 * something absent or a name that cannot be a file's, DATA_CONTRACT for a file whose SHA-256
 * differs.
 */
public final class DirectoryRegistry implements ModelRegistry {
  private static final String RUN_KEY = "millrace.run_key";
  private static final String FINGERPRINT = "millrace.fingerprint";
  private static final Comparator<ModelVersion> NEWEST_FIRST =
      Comparator.comparing((ModelVersion version) -> Integer.valueOf(version.version())).reversed();

  private final Path root;
  private final RegistryFiles files;

  /**
   * Touches nothing yet.
   *
   * @param root made when the first thing is written
   */
  public DirectoryRegistry(Path root) {
    this.root = requireNonNull(root, "root is null").toAbsolutePath().normalize();
    this.files = new RegistryFiles(this.root);
  }

  @Override
  public String kind() {
    return "directory";
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public void requireUp() {
    files.alone("use the registry at " + root, () -> true);
  }

  @Override
  public String runLink(String experiment, String runId) {
    return runFile(runId).toUri().toString();
  }

  @Override
  public String logRun(RunRecord run) {
    // The id is the identity: the same record finds its own file.
    String attempt = run.succeeded() ? "" : run.start().toString();
    String runId =
        Digest.sha256(run.experiment(), run.runKey(), run.fingerprint(), attempt).substring(0, 32);
    return files.alone(
        "log run " + run.runKey(),
        () -> {
          if (!Files.exists(runFile(runId))) {
            files.write(runFile(runId), run);
          }
          return runId;
        });
  }

  @Override
  public ModelVersion register(String runId, ModelPackage model) {
    model.requireIntact();
    RunRecord run =
        files
            .read(runFile(runId), RunRecord.class)
            .orElseThrow(() -> absent("register " + model.name() + ": there is no run " + runId));
    return files.alone(
        "register " + model.name(),
        () ->
            versions(model.name()).stream()
                .filter(v -> v.runId().equals(runId) && v.sha256().equals(model.sha256()))
                .findFirst()
                .orElseGet(() -> write(runId, run, model)));
  }

  private ModelVersion write(String runId, RunRecord run, ModelPackage model) {
    ModelFolder folder = new ModelFolder(modelPath(model.name()), files);
    Map<String, String> tags = new HashMap<>(model.tags());
    model.files().forEach((file, bytes) -> tags.put("sha256." + file, Digest.sha256(bytes)));
    tags.put("sha256", model.sha256());
    tags.put(RUN_KEY, run.runKey());
    tags.put(FINGERPRINT, run.fingerprint());
    ModelVersion version =
        new ModelVersion(model.name(), folder.nextNumber(), runId, "", model.sha256(), tags);
    folder.publish(version, model);
    return version;
  }

  @Override
  public Optional<ModelVersion> byAlias(String name, String alias) {
    return aliasTarget(name, alias).flatMap(version -> byVersion(name, version));
  }

  @Override
  public Optional<String> aliasTarget(String name, String alias) {
    return files.read(aliasFile(name, alias), String.class);
  }

  @Override
  public Optional<ModelVersion> byVersion(String name, String version) {
    if (!version.matches("[1-9][0-9]{0,8}")) {
      return Optional.empty();
    }

    return files.read(versionFile(name, version), ModelVersion.class);
  }

  @Override
  public Optional<ModelVersion> byRunKey(String name, String runKey) {
    return versions(name).stream()
        .filter(version -> runKey.equals(version.tags().get(RUN_KEY)))
        .findFirst();
  }

  @Override
  public void moveAlias(String name, String alias, Optional<String> expected, String to) {
    files.alone(
        "point " + name + "@" + alias + " at version " + to,
        () -> {
          String version = existing(name, to).version();
          ExpectedHolder.require(
              name, alias, expected, byAlias(name, alias).map(ModelVersion::version), location());
          files.write(aliasFile(name, alias), version);
          return true;
        });
  }

  @Override
  public void tagVersion(String name, String version, Map<String, String> tags) {
    files.alone(
        "tag " + name + "/" + version,
        () -> {
          ModelVersion old = existing(name, version);
          Map<String, String> all = new HashMap<>(old.tags());
          all.putAll(tags);
          files.write(
              versionFile(name, version),
              new ModelVersion(
                  old.name(),
                  old.version(),
                  old.runId(),
                  old.modelId(),
                  all.getOrDefault("sha256", old.sha256()),
                  all));
          return true;
        });
  }

  @Override
  public void download(ModelVersion version, String file, Path target) {
    ModelPackage.requireFileName(file);
    Path source =
        versionFile(version.name(), version.version()).resolveSibling("files").resolve(file);
    if (!Files.isRegularFile(source)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot download %s of %s: there is no such file".formatted(file, version));
    }

    ModelFolder.copy(version, file, source, target);
  }

  private ModelVersion existing(String name, String version) {
    return byVersion(name, version)
        .orElseThrow(() -> absent("change " + name + "/" + version + ": there is no such version"));
  }

  @Override
  public List<ModelVersion> versions(String name) {
    Path folder = modelPath(name).resolve("versions");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }

    try (Stream<Path> numbers = Files.list(folder)) {
      return numbers
          .flatMap(path -> byVersion(name, path.getFileName().toString()).stream())
          .sorted(NEWEST_FIRST)
          .toList();
    } catch (IOException e) {
      throw RegistryFiles.failure("read " + folder, e);
    }
  }

  private MillraceException absent(String what) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot " + what + " in the registry at " + root);
  }

  private Path runFile(String runId) {
    return root.resolve("runs").resolve(word(runId) + ".json");
  }

  private Path modelPath(String name) {
    return root.resolve("models").resolve(word(name));
  }

  private Path versionFile(String name, String version) {
    return modelPath(name).resolve("versions").resolve(version).resolve("version.json");
  }

  private Path aliasFile(String name, String alias) {
    return modelPath(name).resolve("aliases").resolve(word(alias) + ".json");
  }

  private static String word(String name) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}")) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use '"
              + name
              + "' as a name in a directory registry: expected 1 to 200 letters, digits, '_', '-'"
              + " or '.' (not first)");
    }

    return name;
  }

  @Override
  public void close() {
    // Holds nothing between two calls.
  }
}
