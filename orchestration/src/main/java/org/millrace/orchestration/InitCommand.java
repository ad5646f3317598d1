package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.JdbcTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A first pipeline from files. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Write the definitions of a pipeline from your files; they run as they are.",
      "On a terminal, what is left out is asked for. Existing files are not changed.",
      "  millrace init loans --conf mine --spine 'loans/*.csv' --id loan_id --as-of applied_at \\",
      "    --label 'outcomes/*.csv:repaid' --label-after 30d --facts customers.csv:customer_id@recorded_at"
    })
final class InitCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;

  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the pipeline and its model.")
  String name = "";

  @Option(
      names = "--spine",
      paramLabel = "FILES",
      description =
          "Files with the rows that are asked about: a file, a directory or a pattern; or a table of"
              + " a database, as jdbc:...#TABLE, with the password in MILLRACE_JDBC_PASSWORD. CSV, JSON,"
              + " Parquet, ORC, Avro or Delta. FILES of other options are such, too.")
  @Nullable String spine;

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description = "Column that names a row; several with commas.")
  @Nullable String id;

  @Option(
      names = "--as-of",
      paramLabel = "COLUMN",
      description = "Column with the time when a row is asked about; nothing later is used.")
  @Nullable String asOf;

  @Option(
      names = "--label",
      paramLabel = "FILES:COLUMN[@TIME]",
      description =
          "What came true, 0 or 1: a column of other files, with the time when it became known; or a"
              + " column of --spine.")
  @Nullable String label;

  @Option(
      names = "--label-after",
      paramLabel = "DAYS",
      description =
          "Number of days after which a label is known, such as 30d; default: what the files show.")
  @Nullable String labelAfter;

  @Option(
      names = "--label-absent",
      paramLabel = "0|1",
      description = "The label of a row for which none came; default: it has none.")
  @Nullable Integer absent;

  @Option(
      names = "--label-positive",
      paramLabel = "VALUE",
      description = "The value that means 1, if the label is one of two texts.")
  @Nullable String positive;

  @Option(
      names = "--facts",
      paramLabel = "FILES:KEY[@TIME]",
      description =
          "Files with more facts about a key (SPINE=FILE if names differ), known from TIME on;"
              + " events if a key has many rows. May be given several times.")
  List<String> facts = new ArrayList<>();

  @Option(
      names = "--events",
      paramLabel = "FILES:KEY@TIME",
      description = "The same, of rows that are counted and averaged in windows.")
  List<String> events = new ArrayList<>();

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Time zone of days, and of times that are written without one; default: that of"
              + " existing definitions, else UTC.")
  @Nullable String zone;

  @Option(
      names = "--nulls",
      paramLabel = "TEXTS",
      description = "Texts that mean that there is no value, with commas; usual ones are found.")
  @Nullable String nulls;

  InitCommand(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public Integer call() {
    if (!name.matches("[a-z][a-z0-9_]{0,40}")) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot name a pipeline '%s': expected a lower-case word such as loans".formatted(name));
    }

    JobLauncher launcher = JobLauncher.withoutPipelines(context, options);
    IntSupplier job =
        () -> launcher.runJob(launcher.submission(arguments(), MEMORY), name(), result, false);
    return job.getAsInt(); // looked at once: there is nothing to retry
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of(name(), "--name", name));
    add(arguments, "--spine", spine == null ? null : located(spine));
    add(arguments, "--id", id);
    add(arguments, "--as-of", asOf);
    add(arguments, "--label", label == null ? null : locatedBefore(label));
    add(arguments, "--label-after", labelAfter);
    add(arguments, "--label-absent", absent);
    add(arguments, "--label-positive", positive);
    facts.forEach(text -> add(arguments, "--facts", locatedBefore(text)));
    events.forEach(text -> add(arguments, "--events", locatedBefore(text)));
    add(arguments, "--zone", zone == null ? null : checkedZone(zone));
    add(arguments, "--nulls", nulls);
    if (ResultOption.isTerminal()) {
      arguments.addAll(List.of("--ask", "--directory", context.workingDirectory().toString()));
    }

    return arguments;
  }

  private static void add(List<String> arguments, String option, @Nullable Object value) {
    if (value != null) {
      arguments.addAll(List.of(option, value.toString()));
    }
  }

  private static ZoneId checkedZone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --zone %s: expected a time zone such as Europe/Berlin".formatted(text),
          e);
    }
  }

  /** Files are named from where the person is. */
  private String located(String files) {
    if (JdbcTable.isMeant(files)) {
      return checked(files);
    }

    Path path = context.workingDirectory().resolve(files).normalize();
    return path.toString();
  }

  /** Before it is an argument of a program, which all users of the machine can read. */
  private static String checked(String database) {
    JdbcTable.problem(database)
        .ifPresent(
            problem -> {
              throw new MillraceException(
                  ErrorCategory.DEFINITION, "Cannot use the address of a database: " + problem);
            });
    return database;
  }

  private String locatedBefore(String text) {
    int colon = text.lastIndexOf(':');
    if (JdbcTable.isMeant(text) && text.indexOf('#') > colon) {
      return checked(text); // no column is named, which is refused with what is expected
    }

    return colon <= 0 ? text : located(text.substring(0, colon)) + text.substring(colon);
  }

  @Override
  public String name() {
    return Verb.INIT.word();
  }
}
