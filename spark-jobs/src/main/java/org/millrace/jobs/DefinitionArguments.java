package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.source.KnownDays;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.definition.PreviewRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Arguments of {@link Main} for a job that looks at definitions alone. */
@Command(name = "millrace-jobs")
final class DefinitionArguments {
  @Parameters(index = "0")
  private @Nullable String verb;

  @Option(names = "--kind")
  private PreviewRequest.@Nullable Kind kind;

  @Option(names = "--name")
  private @Nullable String name;

  @Option(names = "--date")
  private @Nullable LocalDate day;

  @Option(names = "--rows")
  private int rows;

  @Option(names = "--last-days")
  private int lastDays;

  @Option(names = "--explain")
  private boolean isExplained;

  @Option(names = "--conf", required = true)
  private @Nullable Path conf;

  @Option(names = "--home", required = true)
  private @Nullable Path home;

  @Mixin private LakeOption lake = new LakeOption();

  /** True where the arguments are of this kind. */
  static boolean areMeant(String[] args) {
    return args.length > 0
        && Verb.of(args[0]).filter(verb -> verb.kind() == Verb.Kind.DEFINITIONS).isPresent();
  }

  String verb() {
    return requireNonNull(verb, "verb is null");
  }

  boolean isPreview() {
    return verb().equals(Verb.PREVIEW.word());
  }

  Path conf() {
    return requireNonNull(conf, "conf is null");
  }

  Path home() {
    return requireNonNull(home, "home is null");
  }

  Definitions definitions() {
    return lake.inLake(Definitions.load(conf(), home(), new CanonicalSql()), home());
  }

  int lastDays() {
    return lastDays;
  }

  PreviewRequest preview() {
    return new PreviewRequest(
        requireNonNull(kind, "kind is null"),
        requireNonNull(name, "name is null"),
        day == null ? KnownDays.WHOLE : day,
        rows,
        isExplained);
  }
}
