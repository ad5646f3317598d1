package org.millrace.jobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.check.CheckDefinitions;
import org.millrace.jobs.files.FileJobs;
import org.millrace.jobs.init.CompleteAnswers;
import org.millrace.jobs.init.InitPipeline;
import org.millrace.jobs.init.InitRequest;
import org.millrace.jobs.preview.PreviewRows;
import picocli.CommandLine;

/**
 * Jobs that write no table: those on files, those that look at definitions, and the one that writes
 * a new pipeline's. Driver only.
 */
final class LookingJobs {
  private final Surroundings surroundings;

  LookingJobs(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Joins or scores files. */
  JobResult onFiles(String[] args) {
    FileArguments arguments = new FileArguments();
    new CommandLine(arguments).parseArgs(args);
    Definitions definitions =
        arguments
            .lake()
            .inLake(
                Definitions.platformAlone(arguments.conf(), arguments.home()), arguments.home());
    Map<String, String> settings = JobSettings.settings(definitions);
    if (!FileJobs.areAllPaths(arguments.inputs())) {
      settings.putAll(JobSettings.metastore(definitions.platform().lake(), false));
    }

    settings.putAll(definitions.platform().spark());
    SparkSession spark = surroundings.session(arguments.verb(), settings);
    try (ShownProgress shown = ShownProgress.of(spark)) {
      shown.progress().enter(arguments.verb(), "");
      return arguments.isScoring()
          ? FileJobs.score(spark, arguments.scoring())
          : FileJobs.joinAsOf(spark, arguments.asOf());
    } finally {
      surroundings.sessions().close(spark);
    }
  }

  /** Writes the definitions of a new pipeline. */
  JobResult init(String[] args) throws IOException {
    InitArguments arguments = new InitArguments();
    new CommandLine(arguments).parseArgs(args);
    return looking(
        arguments.verb(),
        arguments.platform(),
        lake -> {
          BufferedReader answers =
              new BufferedReader(
                  new InputStreamReader(surroundings.in(), Charset.defaultCharset()));
          InitRequest request =
              CompleteAnswers.complete(
                  arguments.answers(), lake.spark(), answers, surroundings.err());
          // the result names what is wrong, by the files that would be
          PrintStream silent =
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
          InitPipeline.Check check =
              (of, definitions) ->
                  new CheckDefinitions(
                          of,
                          definitions,
                          DefinitionLines.of(definitions.conf(), request.home()),
                          silent,
                          0)
                      .check();
          try (ShownProgress shown = ShownProgress.of(lake.spark())) {
            return new InitPipeline(
                    lake.spark(), request, check, shown.progress(), surroundings.out())
                .write();
          }
        });
  }

  /** Shows rows, or what is wrong. */
  JobResult look(String[] args) throws IOException {
    DefinitionArguments arguments = new DefinitionArguments();
    new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    Definitions definitions = arguments.definitions();
    return looking(
        arguments.verb(),
        definitions,
        lake -> {
          try (ShownProgress shown = ShownProgress.of(lake.spark())) {
            shown.progress().enter(arguments.verb(), "");
            return arguments.isPreview()
                ? new PreviewRows(lake, definitions, arguments.preview(), surroundings.out())
                    .preview()
                : new CheckDefinitions(
                        lake,
                        definitions,
                        DefinitionLines.of(arguments.conf(), arguments.home()),
                        surroundings.out(),
                        arguments.lastDays())
                    .check();
          }
        });
  }

  /** No table is written, so the warehouse that a session must have is a directory that goes. */
  private JobResult looking(String verb, Definitions definitions, Function<Lake, JobResult> work)
      throws IOException {
    Map<String, String> settings = JobSettings.settings(definitions);
    Path warehouse = Files.createTempDirectory("millrace-" + verb);
    settings.put("spark.sql.warehouse.dir", warehouse.toString());
    settings.putAll(JobSettings.databases(surroundings.environment()));
    settings.putAll(definitions.platform().spark());
    SparkSession spark = surroundings.session(verb, settings);
    try {
      PlatformDefinition platform = definitions.platform();
      return work.apply(new Lake(spark, platform.lake(), platform.dayZone()));
    } finally {
      surroundings.sessions().close(spark);
      Files.deleteIfExists(warehouse);
    }
  }
}
