package org.millrace.orchestration;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
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
    Locale.setDefault(Locale.ENGLISH); // texts are alike on all machines; Derby refuses ROOT
    CommandContext context =
        new CommandContext(
            home(),
            Path.of("").toAbsolutePath(),
            System.getenv(),
            utf8(FileDescriptor.out),
            utf8(FileDescriptor.err),
            Clock.systemUTC());
    System.exit(commandLine(context, arguments).execute(arguments));
  }

  /** Verbs with commands of their own. */
  private static final Set<Verb> OF_A_MODEL =
      EnumSet.of(Verb.REGISTER, Verb.APPROVE, Verb.ROLLOUT, Verb.ROLLBACK);

  /** All commands, ready to run. */
  static CommandLine commandLine(CommandContext context) {
    return commandLine(context, commands(context).values());
  }

  /**
   * What a call needs: the command that it names, as to know all of them takes a third of the time
   * of a short one. All, if it names none that there is.
   */
  static CommandLine commandLine(CommandContext context, String[] arguments) {
    Map<String, Supplier<CommandLine>> commands = commands(context);
    Supplier<CommandLine> named = arguments.length == 0 ? null : commands.get(arguments[0]);
    return commandLine(context, named == null ? commands.values() : List.of(named));
  }

  private static Map<String, Supplier<CommandLine>> commands(CommandContext context) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    for (Verb verb : Verb.values()) {
      if (verb.isForDays() && !OF_A_MODEL.contains(verb)) {
        commands.put(verb.word(), () -> job(context, verb));
      }
    }

    add(commands, "score-file", () -> new ScoreFileCommand(context));
    add(commands, "asof", () -> new AsOfCommand(context));
    add(commands, "sql", () -> new SqlCommand(context));
    add(commands, "init", () -> new InitCommand(context));
    add(commands, "check", () -> new CheckCommand(context));
    add(commands, "schema", () -> new SchemaCommand(context));
    add(commands, "preview", () -> new PreviewCommand(context));
    add(commands, "plan", () -> new PlanCommand(context));
    add(commands, "ls", () -> new LsCommand(context));
    add(commands, "register", () -> new RegisterCommand(context));
    add(commands, "approve", () -> new ApproveCommand(context));
    commands.put("rollout", () -> named("rollout", RolloutCommand.of(context)));
    add(commands, "rollback", () -> new RollbackCommand(context));
    add(commands, "models", () -> new ModelsCommand.Models(context));
    add(commands, "history", () -> new ModelsCommand.History(context));
    add(commands, "retry", () -> new RetryCommand(context));
    add(commands, "status", () -> new StatusCommand(context));
    add(commands, "doctor", () -> new DoctorCommand(context));
    add(commands, "quickstart", () -> new QuickstartCommand(context));
    add(commands, "class-archive", () -> new ClassArchiveCommand(context));
    return commands;
  }

  private static void add(
      Map<String, Supplier<CommandLine>> commands, String name, Supplier<Object> command) {
    commands.put(name, () -> named(name, new CommandLine(command.get())));
  }

  private static CommandLine job(CommandContext context, Verb verb) {
    CommandLine job =
        new CommandLine(
            switch (verb) {
              case RUN -> new RunCommand(context);
              case BACKFILL -> new BackfillCommand(context);
              case GATE -> new JobCommand.Gate(context);
              case UNPUBLISH -> new JobCommand.Unpublish(context);
              case EXPLAIN -> new LookBackCommand.Explain(context);
              case REPLAY -> new LookBackCommand.Replay(context);
              default -> new JobCommand(context, verb);
            });
    job.getCommandSpec().usageMessage().description(verb.description());
    return named(verb.word(), job);
  }

  private static CommandLine named(String name, CommandLine command) {
    return command.setCommandName(name);
  }

  private static CommandLine commandLine(
      CommandContext context, Collection<Supplier<CommandLine>> wanted) {
    CommandLine commands = new CommandLine(new Millrace());
    for (Supplier<CommandLine> command : wanted) {
      CommandLine made = command.get();
      commands.addSubcommand(made.getCommandName(), made);
    }

    if (wanted.size() > 1) {
      commands.addSubcommand("generate-completion", new AutoComplete.GenerateCompletion());
    }

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
