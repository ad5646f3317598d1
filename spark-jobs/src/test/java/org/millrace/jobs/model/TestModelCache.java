package org.millrace.jobs.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.registry.directory.DirectoryRegistry;

/** The cache over a real directory registry, through damage on either side. */
final class TestModelCache {
  private static final byte[] MODEL = "a model of some length".repeat(4000).getBytes(UTF_8);
  private static final byte[] PROFILE = "{\"columns\": {}}".getBytes(UTF_8);

  private final AtomicInteger downloads = new AtomicInteger();
  private final List<String> said = new ArrayList<>();
  private volatile Broken broken = Broken.NOTHING;

  @TempDir private Path directory;
  private ModelRegistry registry;
  private ModelVersion version;
  private ModelCache cache;

  private enum Broken {
    NOTHING,
    DOWN,
    CUT_OFF
  }

  @BeforeEach
  void registerAModel() throws IOException {
    DirectoryRegistry real = new DirectoryRegistry(directory.resolve("registry"));
    registry = breakable(real);
    version = register(real);
    cache = new ModelCache(directory.resolve("models"), (room, text) -> said.add(text));
  }

  @Test
  void aFileIsDownloadedOnceAndUsedAgain() throws IOException {
    Path file = cache.onnx(registry, version);

    assertThat(file).hasBinaryContent(MODEL);
    assertThat(cache.onnx(registry, version)).isEqualTo(file);
    assertThat(cache.file(registry, version, ModelFiles.PROFILE)).hasBinaryContent(PROFILE);
    assertThat(downloads).hasValue(2);
    assertThat(leftovers()).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void aVersionThatNoTagIdentifiesIsThatOfItsFileAsItWasFetchedFirst() throws IOException {
    ModelVersion tagless =
        new ModelVersion(version.name(), version.version(), version.runId(), "", "", Map.of());
    assertThat(cache.noted(tagless)).isEqualTo(tagless);

    ModelVersion identified = cache.identified(registry, tagless);

    assertThat(identified.sha256()).isEqualTo(Digest.sha256(MODEL));
    assertThat(cache.identified(registry, tagless)).isEqualTo(identified);
    assertThat(cache.noted(tagless)).isEqualTo(identified);
    assertThat(cache.onnx(registry, identified)).hasBinaryContent(MODEL);
    assertThat(downloads).hasValue(1);
    assertThat(leftovers()).isEmpty();
    assertThat(cache.identified(registry, version)).as("a tag says it").isEqualTo(version);
  }

  @Test
  void aDamagedFileIsFetchedAgain() throws IOException {
    Path onnx = cache.onnx(registry, version);
    Path profile = cache.file(registry, version, ModelFiles.PROFILE);
    Files.write(onnx, new byte[] {1, 2, 3});
    Files.write(profile, new byte[0]);

    assertThat(cache.onnx(registry, version)).isEqualTo(onnx).hasBinaryContent(MODEL);
    assertThat(cache.file(registry, version, ModelFiles.PROFILE)).hasBinaryContent(PROFILE);
    assertThat(said).hasSize(2);
    assertThat(said.get(0))
        .contains("fetching " + onnx + " again")
        .contains(Digest.sha256(new byte[] {1, 2, 3}))
        .contains(version.sha256());
    assertThat(cache.cached(version, ModelFiles.ONNX)).hasBinaryContent(MODEL);
  }

  @Test
  void aRegistryWhoseOwnFileIsWrongBreaksTheDataContract() throws IOException {
    byte[] other = {4, 5, 6};
    Path onnx = cache.onnx(registry, version);
    Files.write(onnx, new byte[] {1, 2, 3});
    Files.write(directory.resolve("registry/models/late/versions/1/files/model.onnx"), other);

    assertThatThrownBy(() -> cache.onnx(registry, version))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("Cannot use model.onnx of late/1")
        .hasMessageContaining("SHA-256 is " + Digest.sha256(other))
        .hasMessageContaining("registered was " + version.sha256());
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aWholeFileIsUsedWhileTheRegistryIsDown() {
    Path onnx = cache.onnx(registry, version);
    broken = Broken.DOWN;

    assertThat(cache.onnx(registry, version)).isEqualTo(onnx);
    assertThat(cache.cached(version, ModelFiles.ONNX)).isEqualTo(onnx);
  }

  @Test
  void aDamagedFileIsNotUsedWhileTheRegistryIsDown() throws IOException {
    Path onnx = cache.onnx(registry, version);
    Files.write(onnx, new byte[] {1, 2, 3});
    broken = Broken.DOWN;

    assertExternal(() -> cache.onnx(registry, version), "the registry is down");
    assertExternal(
        () -> cache.cached(version, ModelFiles.ONNX),
        onnx + " is damaged; run again when the registry answers");
    Files.delete(onnx);
    assertExternal(
        () -> cache.cached(version, ModelFiles.ONNX),
        onnx + " is gone; run again when the registry answers");

    broken = Broken.NOTHING;
    assertThat(cache.onnx(registry, version)).hasBinaryContent(MODEL);
  }

  @Test
  void aDownloadThatIsCutOffLeavesNothing() throws IOException {
    broken = Broken.CUT_OFF;

    assertExternal(() -> cache.onnx(registry, version), "the connection was cut");
    assertThat(leftovers()).isEmpty();
    assertThat(directory.resolve("models")).isEmptyDirectory();

    broken = Broken.NOTHING;
    assertThat(cache.onnx(registry, version)).hasBinaryContent(MODEL);
  }

  @Test
  void theLastAnswerOfTheRegistryIsRemembered() {
    assertThat(cache.remembered("late", "champion")).isEmpty();
    cache.remember("champion", version);
    assertThat(cache.remembered("late", "champion")).contains(version);
  }

  @Test
  void aDamagedAnswerIsSaidAndAsIfThereWereNone() throws IOException {
    cache.remember("champion", version);
    Path file = directory.resolve("models/late.champion.json");
    Files.writeString(file, Files.readString(file).substring(0, 20));

    assertThat(cache.remembered("late", "champion")).isEmpty();
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith(
            "which version late@champion named is unknown here until the registry is asked again: cannot read "
                + file);

    Files.writeString(file, "null");
    assertThat(cache.remembered("late", "champion")).isEmpty();
    Files.write(file, new byte[] {0, 0x41, 0, 0, 0, 0x42, 0, 0});
    assertThat(cache.remembered("late", "champion")).isEmpty();
    assertThat(said).hasSize(3);

    cache.remember("champion", version);
    assertThat(cache.remembered("late", "champion")).contains(version);
  }

  @Test
  void twoProcessesAtOnceBothGetTheWholeFile() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Contender.class.getName(),
                  directory.toString(),
                  version.toJson())
              .redirectErrorStream(true)
              .redirectOutput(new File(directory.toFile(), "process" + i + ".txt"))
              .start());
    }

    for (int i = 0; i < 2; i++) {
      assertThat(processes.get(i).waitFor(100, TimeUnit.SECONDS)).isTrue();
      assertThat(processes.get(i).exitValue())
          .as(Files.readString(directory.resolve("process" + i + ".txt")))
          .isZero();
    }

    assertThat(cache.cached(version, ModelFiles.ONNX)).hasBinaryContent(MODEL);
    assertThat(leftovers()).isEmpty();
  }

  /** Damages, checks and fetches one file many times, beside another process that does the same. */
  static final class Contender {
    private Contender() {}

    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[0]);
      ModelVersion version = ModelVersion.fromJson(args[1]);
      Path models = directory.resolve("models");
      ModelCache cache = new ModelCache(models, (room, text) -> {});
      ModelRegistry registry = new DirectoryRegistry(directory.resolve("registry"));
      for (int round = 0; round < 200; round++) {
        Path file = cache.onnx(registry, version);
        // the other process may have put damage in between, but never a part of a file
        long size = Files.size(file);
        if (size != MODEL.length && size != 3) {
          throw new IllegalStateException("a file of " + size + " bytes");
        }

        if (round % 7 == 0 && round < 190) {
          Path damaged = Files.createTempFile(directory, "damage", "");
          Files.write(damaged, new byte[] {1, 2, 3});
          Files.move(damaged, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
      }

      cache.onnx(registry, version);
    }
  }

  private static void assertExternal(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable work, String message) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.EXTERNAL))
        .hasMessageContaining(message);
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("models"))) {
      return files.filter(file -> file.toString().endsWith(".part")).toList();
    }
  }

  private ModelVersion register(ModelRegistry real) throws IOException {
    Path onnx = Files.write(directory.resolve("exported.onnx"), MODEL);
    Instant start = Instant.parse("2014-01-02T12:00:00Z");
    String run =
        real.logRun(
            new RunRecord(
                "late",
                "late.train.2013-01-01",
                "abc",
                "train",
                start,
                start.plusSeconds(1),
                true,
                "",
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of()));
    return real.register(
        run,
        new ModelPackage(
            "late",
            onnx,
            Digest.sha256(MODEL),
            List.of(),
            List.of(),
            Map.of(ModelFiles.PROFILE, PROFILE),
            Map.of(),
            Map.of()));
  }

  /** The real registry, whose downloads can be made to fail. */
  private ModelRegistry breakable(ModelRegistry real) {
    return (ModelRegistry)
        Proxy.newProxyInstance(
            ModelRegistry.class.getClassLoader(),
            new Class<?>[] {ModelRegistry.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("download")) {
                downloads.incrementAndGet();
                breakDown((Path) arguments[2]);
              }

              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw requireNonNull(e.getCause());
              }
            });
  }

  private void breakDown(Path target) throws IOException {
    if (broken == Broken.DOWN) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot download: the registry is down");
    }

    if (broken == Broken.CUT_OFF) {
      Files.write(target, java.util.Arrays.copyOf(MODEL, MODEL.length / 2));
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot download: the connection was cut");
    }
  }
}
