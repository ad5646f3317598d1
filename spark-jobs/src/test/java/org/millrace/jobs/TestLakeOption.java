package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine;

final class TestLakeOption {
  @TempDir Path home;
  private Definitions definitions;

  @BeforeEach
  void readDefinitions() throws IOException {
    Files.writeString(home.resolve("millrace.yaml"), "lake: of-definition\n");
    definitions = Definitions.platformAlone(home, home);
  }

  @Test
  void isTheArgumentsLakeForEveryKindOfJob() {
    JobArguments job = new JobArguments();
    parse(job, "score", "late_flight", "--lake", "/data/lake");
    FileArguments files = new FileArguments();
    parse(files, "asof", "--request", "{}", "--lake=file:///other/lake");

    assertThat(lake(job.lake())).isEqualTo("/data/lake");
    assertThat(lake(files.lake())).isEqualTo("/other/lake");
  }

  @Test
  void isTheDefinitionsLakeIfTheArgumentsNameNone() {
    JobArguments job = new JobArguments();
    parse(job, "score", "late_flight");

    assertThat(lake(job.lake())).isEqualTo(home.resolve("of-definition").toString());
  }

  @Test
  void registryIsTheArgumentsOrElseTheDefinitions() {
    JobArguments job = new JobArguments();
    parse(job, "score", "late_flight", "--registry", "file:///data/registry");
    JobArguments plain = new JobArguments();
    parse(plain, "score", "late_flight");

    assertThat(job.adjusted(definitions).platform().registryAddress())
        .isEqualTo("file:///data/registry");
    assertThat(plain.adjusted(definitions).platform().registryAddress())
        .isEqualTo("http://127.0.0.1:5000");
  }

  private String lake(LakeOption option) {
    return option.inLake(definitions, home).platform().lake();
  }

  private static void parse(Object arguments, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--conf", "conf", "--home", "home"));
    new CommandLine(arguments).parseArgs(all.toArray(String[]::new));
  }
}
