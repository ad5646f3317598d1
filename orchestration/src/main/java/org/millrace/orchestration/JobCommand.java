package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * One job: checks the definitions and the arguments, then runs {@code spark-submit} in the
 * foreground. The job's stdout, stderr and exit code are passed on as they are; if it cannot even
 * start, {@link Failures} writes the result line.
 */
@Command(mixinStandardHelpOptions = true)
class JobCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final Verb verb;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "Name in conf/training; default: the only one there.")
  @Nullable String pipeline;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = IsoDuration.class,
      description =
          "Wait so long, such as PT10M, for a run that holds the same days; default: exit 75.")
  @Nullable Duration wait;

  @Mixin DayOptions days = new DayOptions();
  @Mixin LaunchOptions options = new LaunchOptions();

  JobCommand(CommandContext context, Verb verb) {
    this.context = requireNonNull(context, "context is null");
    this.verb = requireNonNull(verb, "verb is null");
  }

  /** {@code run}, which can train on other days than the definitions pin. */
  @Command(mixinStandardHelpOptions = true)
  static final class Run extends JobCommand {
    @Mixin SplitOptions split = new SplitOptions();

    Run(CommandContext context) {
      super(context, Verb.RUN);
    }

    @Override
    List<String> otherArguments() {
      return split.arguments();
    }
  }

  /** Speaks of a wrong duration as the definitions' errors do. */
  static final class IsoDuration implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        Duration duration = Duration.parse(text);
        if (!duration.isNegative()) {
          return duration;
        }
      } catch (DateTimeParseException e) {
        // said below, as of a negative one
      }

      throw new TypeConversionException(
          "expected an ISO 8601 duration such as PT10M, found '" + text + "'");
    }
  }

  List<String> otherArguments() {
    return List.of();
  }

  @Override
  public Integer call() {
    Optional<DayRange> range = days.range();
    if (range.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot " + verb.word() + ": no day given; add --date 2013-12-01, or --from and --to");
    }

    String named = pipeline == null ? "" : pipeline;
    Calls calls = Calls.of(context, spec);
    JobLauncher launcher =
        options.dryRun
            ? new JobLauncher(context, options)
            : calls.prepare(
                new CallKey(verb.word(), named, range.get().toString()),
                () -> new JobLauncher(context, options));
    RunKey key = new RunKey(launcher.pipeline(named), verb.word(), range.get());
    List<String> others = new ArrayList<>(otherArguments());
    if (wait != null) {
      others.addAll(List.of("--wait", wait.toString()));
    }

    IntSupplier job =
        () -> launcher.runJob(launcher.submission(arguments(key, others), MEMORY), key.toString());
    return options.dryRun ? job.getAsInt() : calls.run(CallKey.of(key), job);
  }

  @Override
  public String name() {
    return (pipeline == null ? "" : pipeline + ".") + verb.word();
  }

  /** {@code Main}'s arguments for a run. */
  static List<String> arguments(RunKey key, List<String> others) {
    List<String> arguments = new ArrayList<>(List.of(key.room(), key.pipeline()));
    arguments.addAll(List.of("--from", key.days().from().toString()));
    arguments.addAll(List.of("--to", key.days().to().toString()));
    arguments.addAll(others);
    return arguments;
  }
}
