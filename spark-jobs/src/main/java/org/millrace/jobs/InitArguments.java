package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.jobs.definition.InitAnswers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Arguments of {@link Main} for a pipeline that is to be written. */
@Command(name = "millrace-jobs")
final class InitArguments {
  @Parameters(index = "0")
  private String verb = "";

  @Option(names = "--name", required = true)
  private @Nullable String name;

  @Option(names = "--spine")
  private @Nullable String spine;

  @Option(names = "--id", split = ",")
  private List<String> id = new ArrayList<>();

  @Option(names = "--as-of")
  private @Nullable String asOf;

  @Option(names = "--label")
  private @Nullable String label;

  @Option(names = "--label-after")
  private @Nullable String labelAfter;

  @Option(names = "--label-absent")
  private @Nullable Integer absent;

  @Option(names = "--label-positive")
  private @Nullable String positive;

  @Option(names = "--facts")
  private List<String> facts = new ArrayList<>();

  @Option(names = "--events")
  private List<String> events = new ArrayList<>();

  @Option(names = "--zone")
  private @Nullable ZoneId zone;

  @Option(names = "--nulls", split = ",")
  private List<String> nulls = new ArrayList<>();

  @Option(names = "--ask")
  private boolean asks;

  @Option(names = "--directory")
  private @Nullable Path directory;

  @Option(names = "--conf", required = true)
  private @Nullable Path conf;

  @Option(names = "--home", required = true)
  private @Nullable Path home;

  @Mixin private LakeOption lake = new LakeOption();

  /** True where the arguments are of this kind. */
  static boolean areMeant(String[] args) {
    return args.length > 0 && args[0].equals(Verb.INIT.word());
  }

  String verb() {
    return verb;
  }

  /** Settings of the platform, those of its defaults where there is none yet. */
  Definitions platform() {
    return lake.inLake(
        Definitions.platformAlone(
            requireNonNull(conf, "conf is null"), requireNonNull(home, "home is null")),
        requireNonNull(home, "home is null"));
  }

  InitAnswers answers() {
    return new InitAnswers(
        requireNonNull(name, "name is null"),
        Optional.ofNullable(spine),
        id,
        Optional.ofNullable(asOf),
        Optional.ofNullable(label),
        Optional.ofNullable(labelAfter),
        Optional.ofNullable(absent),
        Optional.ofNullable(positive),
        facts,
        events,
        Optional.ofNullable(zone),
        nulls,
        asks ? Optional.ofNullable(directory) : Optional.empty(),
        requireNonNull(conf, "conf is null"),
        requireNonNull(home, "home is null"));
  }
}
