package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionSchema;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;

/**
 * {@code millrace init}: looks at files and writes definitions that run as they are, in one step
 * and only if they pass the check. Nothing that is there is changed.
 *
 * <p>Placement: driver only.
 */
public final class InitPipeline {
  private static final String ROOM = "init";

  private final SparkSession spark;
  private final InitRequest request;
  private final Check check;
  private final Progress progress;
  private final PrintStream out;

  /** What holds definitions against the files that they read. */
  @FunctionalInterface
  public interface Check {
    /** Looks at all definitions; prints what is wrong. */
    JobResult check(Lake lake, Definitions definitions);
  }

  /**
   * Prepares to look.
   *
   * @param out where it is printed what was written
   */
  public InitPipeline(
      SparkSession spark, InitRequest request, Check check, Progress progress, PrintStream out) {
    this.spark = requireNonNull(spark, "spark is null");
    this.request = requireNonNull(request, "request is null");
    this.check = requireNonNull(check, "check is null");
    this.progress = requireNonNull(progress, "progress is null");
    this.out = requireNonNull(out, "out is null");
  }

  /**
   * Writes the definitions.
   *
   * @throws MillraceException DEFINITION if the pipeline is there already, or cannot be made from
   *     what was named, or files are not there; DATA_CONTRACT if they cannot be read
   */
  public JobResult write() {
    long start = System.nanoTime();
    Optional<Definitions> defined = defined();
    ZoneId dayZone =
        defined
            .map(there -> there.platform().dayZone())
            .orElseGet(() -> request.zone().orElse(ZoneId.of("UTC")));
    ZoneId written = request.zone().orElse(dayZone);
    Lake lake =
        new Lake(spark, request.home().resolve(LakePlace.of(request, defined)).toString(), dayZone);
    if (request.zone().isEmpty()) {
      progress.say(ROOM, "note: days, and times without a zone, are in " + written);
    }

    OpenFiles open = new OpenFiles(spark, written, request.nulls());
    try (LookAtFiles files = new LookAtFiles(lake, defined, open, request.home(), progress)) {
      Map<String, String> drafts = new LinkedHashMap<>();
      if (defined.isEmpty()) {
        drafts.put("millrace.yaml", DraftModel.platform(LakePlace.of(request, defined), dayZone));
      }

      DraftPipeline.Drafts made =
          new DraftPipeline(request, defined, files, progress, dayZone, written).make();
      drafts.putAll(made.files());
      DraftFiles target = new DraftFiles(request.conf(), request.home());
      Optional<JobResult> failed =
          target.write(withSchemas(drafts), definitions -> check.check(lake, definitions));
      return failed.orElseGet(() -> written(drafts, made.spine(), start));
    }
  }

  /** Those that there are; a name that is taken is refused. */
  private Optional<Definitions> defined() {
    if (!Files.exists(request.conf().resolve("millrace.yaml"))) {
      return Optional.empty();
    }

    Definitions there = Definitions.load(request.conf(), request.home(), new CanonicalSql());
    if (there.training().containsKey(request.name())
        || there.spines().containsKey(request.name())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot write pipeline %s: %s defines it already; give another name, or delete its files in training/, spines/, gate/, scoring/ and monitoring/ first"
              .formatted(request.name(), request.conf()));
    }

    if (request.zone().filter(zone -> !zone.equals(there.platform().dayZone())).isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --zone %s: the days and sources of %s are in %s, and times of two zones would see what is later; leave it out, or use another --conf"
              .formatted(request.zone().get(), request.conf(), there.platform().dayZone()));
    }

    return Optional.of(there);
  }

  /** Each file begins with where its schema is, which is written beside the first ones. */
  private Map<String, String> withSchemas(Map<String, String> drafts) {
    Map<String, String> files = new LinkedHashMap<>();
    drafts.forEach(
        (file, text) ->
            files.put(
                file,
                DefinitionSchema.ofFile(file).map(DefinitionSchema::comment).orElse("") + text));
    for (DefinitionSchema schema : DefinitionSchema.values()) {
      if (!Files.exists(request.conf().resolve(schema.file()))) {
        files.put(schema.file(), schema.text());
      } else if (!isThere(schema)) {
        progress.say(
            ROOM,
            "note: %s is of another release; `bin/millrace schema --write%s` writes it anew"
                .formatted(schema.file(), CommandText.conf(request)));
      }
    }

    return files;
  }

  private boolean isThere(DefinitionSchema schema) {
    try {
      return Files.readString(request.conf().resolve(schema.file())).equals(schema.text());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot read " + request.conf().resolve(schema.file()) + ": " + Causes.words(e),
          e);
    }
  }

  private JobResult written(Map<String, String> drafts, SeenTable spine, long start) {
    String conf = CommandText.conf(request);
    progress.say(ROOM, "the definitions fit the data");
    out.printf("Wrote %d files in %s%n", drafts.size(), request.conf());
    drafts.keySet().forEach(file -> out.println("  " + file));
    out.println("  and schemas/, by which editors complete and check them");
    out.printf(
        "The definitions fit the data. Look at them, then:%n  bin/millrace run %s%s --from %s --to %s%n  bin/millrace sql%s -e \"SELECT * FROM %s_current LIMIT 10\"%n",
        request.name(), conf, spine.span().from(), spine.span().to(), conf, request.name());
    out.flush();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("files", (long) drafts.size());
    counts.put("rows_in", spine.count());
    return JobResult.done(
        ROOM,
        "Wrote pipeline %s into %s".formatted(request.name(), request.conf()),
        counts,
        Map.of(),
        JobContext.secondsSince(start));
  }
}
