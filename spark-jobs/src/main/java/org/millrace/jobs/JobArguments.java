package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.planning.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Arguments of {@link Main}, as the {@code millrace} command passes them. */
@Command(name = "millrace-jobs")
final class JobArguments {
  @Parameters(index = "0", converter = VerbConverter.class)
  private @Nullable Verb verb;

  @Parameters(index = "1", arity = "0..1")
  private @Nullable String pipeline;

  @Option(names = "--from")
  private @Nullable LocalDate from;

  @Option(names = "--to")
  private @Nullable LocalDate to;

  @Mixin private SplitArguments split = new SplitArguments();
  @Mixin private PlanArguments plan = new PlanArguments();

  @Option(names = "--plan")
  private @Nullable Path kept;

  @Option(names = "--conf", required = true)
  private @Nullable Path conf;

  @Option(names = "--home", required = true)
  private @Nullable Path home;

  @Option(names = "--wait")
  private Duration wait = Duration.ZERO;

  @Option(names = "--reason")
  private String reason = "";

  @Option(names = "--seen")
  private @Nullable Long seen;

  @Option(names = "--version")
  private @Nullable String version;

  @Option(names = "--dry-run")
  private boolean dryRun;

  @Option(names = "--key")
  private Map<String, String> key = new LinkedHashMap<>();

  @Option(names = "--sample")
  private @Nullable Integer sample;

  @Option(names = "--top-features")
  private @Nullable Integer topFeatures;

  @Mixin private RolloutArguments rollout = new RolloutArguments();
  @Mixin private RollbackArguments rollback = new RollbackArguments();
  @Mixin private RegistrationArguments registration = new RegistrationArguments();

  @Mixin private LakeOption lake = new LakeOption();

  @Option(names = "--registry")
  private @Nullable String registry;

  @Option(names = "--serve")
  private boolean serve;

  @Option(names = "--allow-writes")
  private boolean allowWrites;

  @Option(names = "--port")
  private int port;

  @Option(names = "--rebuild-ledger")
  private boolean rebuildLedger;

  @Option(names = "--publication")
  private @Nullable String publication;

  @Option(names = "--attempt")
  private @Nullable String attempt;

  Verb verb() {
    return requireNonNull(verb, "verb is null");
  }

  Path conf() {
    return requireNonNull(conf, "conf is null");
  }

  Path home() {
    return requireNonNull(home, "home is null");
  }

  /** How long to wait for leases that other runs hold; zero to be refused at once. */
  Duration waitForLeases() {
    return wait;
  }

  /**
   * What is asked beside verb, pipeline and days.
   *
   * @param user the person's name
   * @throws MillraceException of category DEFINITION if the plan that is to be run cannot be read,
   *     or a text is not as it should be
   */
  Asked asked(String user) {
    UnpublishRequest takeBack =
        new UnpublishRequest(
            user, reason, seen == null ? OptionalLong.empty() : OptionalLong.of(seen));
    return new Asked(
        takeBack,
        new RunOptions(
            plan.options(verb() == Verb.BACKFILL),
            Optional.ofNullable(kept).map(JobArguments::read)),
        Optional.ofNullable(version),
        dryRun,
        new LookBack(key, optional(sample), optional(topFeatures)),
        rollout.request(takeBack, Optional.ofNullable(version)),
        rollback.request(takeBack, Optional.ofNullable(version), dryRun),
        registration.request(user));
  }

  /** True if it gives names to tables and views. */
  boolean needsMetastore() {
    return verb().needsMetastore() || rollback.needMetastore(verb(), dryRun);
  }

  private static OptionalInt optional(@Nullable Integer number) {
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private static Plan read(Path file) {
    try {
      return Plan.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot read a plan from " + file + ": " + Causes.words(e), e);
    }
  }

  LakeOption lake() {
    return lake;
  }

  boolean isServing() {
    return serve;
  }

  /** True if clients of the SQL server may do more than read. */
  boolean allowsWrites() {
    return allowWrites;
  }

  /** The port that was asked for, or the definitions'. */
  int port(Definitions definitions) {
    return port == 0 ? definitions.platform().sqlPort() : port;
  }

  /** True if the doctor is to make missing ledger entries. */
  boolean rebuildsLedger() {
    return rebuildLedger;
  }

  /** The run key of which the doctor is asked what became; empty if it is to look at all. */
  Optional<String> publication() {
    return Optional.ofNullable(publication);
  }

  /** The start of that run that is meant; empty for all. */
  Optional<String> attempt() {
    return Optional.ofNullable(attempt);
  }

  /** The definitions in a directory; of a verb that needs no pipeline, the platform's alone. */
  Definitions definitions() {
    return verb().kind() == Verb.Kind.LAKE
        ? Definitions.platformAlone(conf(), home())
        : Definitions.load(conf(), home(), new CanonicalSql());
  }

  /** The intent; days default to one another. */
  RunKey runKey() {
    LocalDate first = requireDay(from, to);
    LocalDate last = requireDay(to, from);
    return new RunKey(
        requireNonNull(pipeline, "pipeline is null"), verb().word(), new DayRange(first, last));
  }

  /** The intent for a message, also where it is incomplete. */
  String runKeyText() {
    return !verb().isForDays() || pipeline == null ? verb().word() : runKey().toString();
  }

  /** The definitions, with the registry and the days of training and gate of the arguments. */
  Definitions adjusted(Definitions written) {
    Definitions definitions =
        registry == null ? written : written.withRegistry("--registry", registry);
    return split.isEmpty() || pipeline == null
        ? definitions
        : split.adjusted(definitions, pipeline, runKey().days());
  }

  private static LocalDate requireDay(@Nullable LocalDate day, @Nullable LocalDate other) {
    LocalDate found = day == null ? other : day;
    if (found == null) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot run without a day: give --from and --to");
    }

    return found;
  }

  /** Reads {@code training-set} as TRAINING_SET. */
  static final class VerbConverter implements ITypeConverter<Verb> {
    @Override
    public Verb convert(String word) {
      return Verb.of(word).orElseThrow(() -> new TypeConversionException("no verb '" + word + "'"));
    }
  }
}
