package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Arguments of {@link Main}, as the {@code millrace} command passes them. */
@Command(name = "millrace-jobs")
final class JobArguments {
  /** What the program can do. */
  enum Verb {
    RUN,
    INGEST,
    MATERIALIZE,
    VALIDATE,
    TRAINING_SET,
    TRAIN,
    GATE,
    SCORE,
    PUBLISH,
    MONITOR,
    REPORT,
    SQL;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Parameters(index = "0", converter = VerbConverter.class)
  private @Nullable Verb verb;

  @Parameters(index = "1", arity = "0..1")
  private @Nullable String pipeline;

  @Option(names = "--from")
  private @Nullable LocalDate from;

  @Option(names = "--to")
  private @Nullable LocalDate to;

  @Option(names = "--train-to")
  private @Nullable LocalDate trainTo;

  @Option(names = "--gate-to")
  private @Nullable LocalDate gateTo;

  @Option(names = "--conf", required = true)
  private @Nullable Path conf;

  @Option(names = "--home", required = true)
  private @Nullable Path home;

  @Option(names = "--serve")
  private boolean serve;

  @Option(names = "--port")
  private int port;

  Verb verb() {
    return requireNonNull(verb, "verb is null");
  }

  Path conf() {
    return requireNonNull(conf, "conf is null");
  }

  Path home() {
    return requireNonNull(home, "home is null");
  }

  /** True where the room tells people of tables; the others do not wait for a metastore. */
  boolean needsMetastore() {
    return verb() == Verb.RUN || verb() == Verb.PUBLISH || verb() == Verb.SQL;
  }

  boolean isServing() {
    return serve;
  }

  /** The port that was asked for, or the definitions'. */
  int port(Definitions definitions) {
    return port == 0 ? definitions.platform().sqlPort() : port;
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
    return verb == Verb.SQL || pipeline == null
        ? String.valueOf(verb).toLowerCase(Locale.ROOT)
        : runKey().toString();
  }

  /** The definitions, with the days of training and gate that the arguments ask for instead. */
  Definitions adjusted(Definitions definitions) {
    if ((trainTo == null) != (gateTo == null)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use only one of --train-to and --gate-to: give both, or none for the days of the definitions");
    }

    if (trainTo == null || gateTo == null || pipeline == null) {
      return definitions;
    }

    DayRange trainingDays = new DayRange(runKey().days().from(), trainTo);
    return definitions.withDays(pipeline, trainingDays, new DayRange(trainTo.plusDays(1), gateTo));
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
      for (Verb candidate : Verb.values()) {
        if (candidate.word().equals(word)) {
          return candidate;
        }
      }

      throw new TypeConversionException("no verb '" + word + "'");
    }
  }
}
