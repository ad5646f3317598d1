package org.millrace.registry.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ExpectedHolder;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;

/**
 * A registry in the memory of this JVM, for tests of what uses one; it keeps the port's contract.
 * Instances on one {@link Store} see the same runs, versions and aliases. Thread-safe.
 */
public final class InMemoryRegistry implements ModelRegistry {
  /**
   * What a server would hold; a test may look into it, and change what only a server may change.
   */
  public static final class Store {
    /** Runs by id. */
    public final Map<String, RunRecord> runs = new TreeMap<>();

    /** Versions of each model, the first one at 0. */
    public final Map<String, List<ModelVersion>> versions = new HashMap<>();

    /** Content by {@code name/version/file}. */
    public final Map<String, byte[]> files = new HashMap<>();

    /** Version by {@code name@alias}. */
    public final Map<String, String> aliases = new HashMap<>();

    /** False while the server does not answer. */
    public boolean up = true;
  }

  private final Store store;

  /** Uses a store. */
  public InMemoryRegistry(Store store) {
    this.store = store;
  }

  private void requireAnswer(String what) {
    if (!store.up) {
      throw failure(ErrorCategory.EXTERNAL, what + " in " + location() + ": it is down");
    }
  }

  private static MillraceException failure(ErrorCategory category, String text) {
    return new MillraceException(category, "Cannot " + text);
  }

  @Override
  public String kind() {
    return "memory";
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public void requireUp() {
    synchronized (store) {
      requireAnswer("reach the model registry");
    }
  }

  @Override
  public String runLink(String experiment, String runId) {
    return "memory:" + experiment + "/" + runId;
  }

  @Override
  public String logRun(RunRecord run) {
    synchronized (store) {
      requireAnswer("log run " + run.runKey());
      String attempt = run.succeeded() ? "" : run.start().toString();
      String id = Digest.sha256(run.experiment(), run.runKey(), run.fingerprint(), attempt);
      store.runs.putIfAbsent(id, run);
      return id;
    }
  }

  @Override
  public ModelVersion register(String runId, ModelPackage model) {
    model.requireIntact();
    synchronized (store) {
      requireAnswer("register " + model.name());
      RunRecord run = store.runs.get(runId);
      if (run == null) {
        throw failure(
            ErrorCategory.DEFINITION,
            "register " + model.name() + ": there is no run " + runId + " in " + location());
      }
      return known(model.name()).stream()
          .filter(old -> old.runId().equals(runId) && old.sha256().equals(model.sha256()))
          .findFirst()
          .orElseGet(() -> add(runId, run, model));
    }
  }

  private ModelVersion add(String runId, RunRecord run, ModelPackage model) {
    Map<String, String> tags = new HashMap<>(model.tags());
    model.files().forEach((file, bytes) -> tags.put("sha256." + file, Digest.sha256(bytes)));
    tags.put("sha256", model.sha256());
    tags.put("millrace.run_key", run.runKey());
    tags.put("millrace.fingerprint", run.fingerprint());
    List<ModelVersion> versions =
        store.versions.computeIfAbsent(model.name(), name -> new ArrayList<>());
    String number = Integer.toString(versions.size() + 1);
    ModelVersion version = new ModelVersion(model.name(), number, runId, "", model.sha256(), tags);
    store.files.put(version + "/model.onnx", read(model.onnx()));
    model.files().forEach((file, bytes) -> store.files.put(version + "/" + file, bytes.clone()));
    versions.add(version);
    return version;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ModelVersion> known(String name) {
    return store.versions.getOrDefault(name, List.of());
  }

  @Override
  public Optional<ModelVersion> byAlias(String name, String alias) {
    synchronized (store) {
      requireAnswer("read " + name + "@" + alias);
      return Optional.ofNullable(store.aliases.get(name + "@" + alias))
          .flatMap(version -> byVersion(name, version));
    }
  }

  @Override
  public Optional<ModelVersion> byVersion(String name, String version) {
    synchronized (store) {
      requireAnswer("read " + name + "/" + version);
      return known(name).stream().filter(each -> each.version().equals(version)).findFirst();
    }
  }

  @Override
  public Optional<ModelVersion> byRunKey(String name, String runKey) {
    synchronized (store) {
      requireAnswer("look for " + name + " of " + runKey);
      return known(name).stream()
          .filter(version -> runKey.equals(version.tags().get("millrace.run_key")))
          .reduce((earlier, later) -> later);
    }
  }

  @Override
  public List<ModelVersion> versions(String name) {
    synchronized (store) {
      requireAnswer("list the versions of " + name);
      List<ModelVersion> newestFirst = new ArrayList<>(known(name));
      Collections.reverse(newestFirst);
      return newestFirst;
    }
  }

  @Override
  public void moveAlias(String name, String alias, Optional<String> expected, String to) {
    synchronized (store) {
      requireAnswer("move " + name + "@" + alias);
      ModelVersion version = existing(name, to);
      ExpectedHolder.require(
          name, alias, expected, byAlias(name, alias).map(ModelVersion::version), location());
      store.aliases.put(name + "@" + alias, version.version());
    }
  }

  @Override
  public void tagVersion(String name, String version, Map<String, String> tags) {
    synchronized (store) {
      requireAnswer("tag " + name + "/" + version);
      ModelVersion old = existing(name, version);
      Map<String, String> all = new HashMap<>(old.tags());
      all.putAll(tags);
      known(name)
          .set(
              Integer.parseInt(version) - 1,
              new ModelVersion(
                  name,
                  version,
                  old.runId(),
                  old.modelId(),
                  all.getOrDefault("sha256", old.sha256()),
                  all));
    }
  }

  private ModelVersion existing(String name, String version) {
    return byVersion(name, version)
        .orElseThrow(
            () ->
                failure(
                    ErrorCategory.DEFINITION,
                    "change " + name + "/" + version + ": there is no such version"));
  }

  @Override
  public void download(ModelVersion version, String file, Path target) {
    ModelPackage.requireFileName(file);
    byte[] content;
    synchronized (store) {
      requireAnswer("download " + file + " of " + version);
      content = store.files.get(version + "/" + file);
    }
    if (content == null) {
      throw failure(
          ErrorCategory.DATA_CONTRACT,
          "download " + file + " of " + version + ": there is no such file");
    }

    write(version, file, content, target);
  }

  private static void write(ModelVersion version, String file, byte[] content, Path target) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try {
        Files.write(part, content);
        version.requireIntact(file, part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // The store stays for other instances.
  }
}
