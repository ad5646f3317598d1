package org.millrace.orchestration;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code millrace} command. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = Millrace.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Batch MLOps on Spark: versioned features, gated models, explainable predictions.",
    footer = {
      "",
      "Exit codes:",
      "   0  done, or nothing to do     66  gate rejected the model",
      "   1  a defect                   69  external system: try again",
      "  64  definition or argument     70  publish state unknown",
      "  65  data contract broken       75  not there yet, or held: try later"
    })
public final class Millrace implements Runnable, ResultPrinter {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Millrace() {}

  /** Reads the environment, runs the command and exits with its code. */
  public static void main(String[] arguments) {
    CommandContext context =
        new CommandContext(
            home(),
            Path.of("").toAbsolutePath(),
            System.getenv(),
            utf8(FileDescriptor.out),
            utf8(FileDescriptor.err),
            Clock.systemUTC());
    System.exit(commandLine(context).execute(arguments));
  }

  /** All commands, ready to run. */
  static CommandLine commandLine(CommandContext context) {
    CommandLine commands = new CommandLine(new Millrace());
    for (Verb verb : Verb.values()) {
      if (!verb.isForDays()) {
        continue;
      }

      CommandLine job =
          new CommandLine(
              switch (verb) {
                case RUN -> new RunCommand(context);
                case BACKFILL -> new BackfillCommand(context);
                case UNPUBLISH -> new JobCommand.Unpublish(context);
                default -> new JobCommand(context, verb);
              });
      job.getCommandSpec().usageMessage().description(verb.description());
      commands.addSubcommand(verb.word(), job);
    }

    commands.addSubcommand("score-file", new ScoreFileCommand(context));
    commands.addSubcommand("asof", new AsOfCommand(context));
    commands.addSubcommand("sql", new SqlCommand(context));
    commands.addSubcommand("plan", new PlanCommand(context));
    commands.addSubcommand("ls", new LsCommand(context));
    commands.addSubcommand("retry", new RetryCommand(context));
    commands.addSubcommand("status", new StatusCommand(context));
    commands.addSubcommand("doctor", new DoctorCommand(context));
    commands.addSubcommand("quickstart", new QuickstartCommand(context));
    commands.addSubcommand("class-archive", new ClassArchiveCommand(context));
    commands.addSubcommand("generate-completion", new AutoComplete.GenerateCompletion());
    Failures failures = new Failures(context);
    return commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(writer(context.out()))
        .setErr(writer(context.err()))
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** Of a call that names no command that there is. */
  @Override
  public String name() {
    return "millrace";
  }

  private static Path home() {
    String home = System.getProperty("millrace.home", "");
    if (home.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot find the project's home: the property millrace.home is not set; start bin/millrace");
    }

    return Path.of(home).toAbsolutePath().normalize();
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Millrace.class.getPackage().getImplementationVersion();
      return new String[] {"millrace " + (version == null ? "(not packaged)" : version)};
    }
  }
}
