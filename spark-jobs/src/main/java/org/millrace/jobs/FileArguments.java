package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;
import org.millrace.contracts.Verb;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.contracts.files.ScoreFileRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Arguments of {@link Main} for a job on files: the verb, and the request as JSON. */
@Command(name = "millrace-jobs")
final class FileArguments {
  @Parameters(index = "0")
  private @Nullable String verb;

  @Option(names = "--request", required = true)
  private @Nullable String request;

  @Option(names = "--conf", required = true)
  private @Nullable Path conf;

  @Option(names = "--home", required = true)
  private @Nullable Path home;

  @Mixin private LakeOption lake = new LakeOption();

  /** True where the arguments are of this kind. */
  static boolean areMeant(String[] args) {
    return args.length > 0
        && Verb.of(args[0]).filter(verb -> verb.kind() == Verb.Kind.FILES).isPresent();
  }

  String verb() {
    return requireNonNull(verb, "verb is null");
  }

  Path conf() {
    return requireNonNull(conf, "conf is null");
  }

  Path home() {
    return requireNonNull(home, "home is null");
  }

  LakeOption lake() {
    return lake;
  }

  boolean isScoring() {
    return verb().equals(Verb.SCORE_FILE.word());
  }

  ScoreFileRequest scoring() {
    return Json.read(requireNonNull(request, "request is null"), ScoreFileRequest.class);
  }

  AsOfRequest asOf() {
    return Json.read(requireNonNull(request, "request is null"), AsOfRequest.class);
  }

  /** What is read. */
  List<String> inputs() {
    return isScoring() ? List.of(scoring().input()) : List.of(asOf().spine(), asOf().view());
  }
}
