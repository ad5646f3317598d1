package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import picocli.CommandLine;

final class TestJobArguments {
  private static JobArguments parse(String text) {
    JobArguments arguments = new JobArguments();
    new CommandLine(arguments).parseArgs((text + " --conf conf --home .").split(" ", -1));
    return arguments;
  }

  @ParameterizedTest
  @CsvSource({
    "score m --from 2013-12-01, m.score.2013-12-01",
    "score m --to 2013-12-01, m.score.2013-12-01",
    "training-set m --from 2013-12-01 --to 2013-12-03, m.training-set.2013-12-01_2013-12-03",
    "sql, sql",
    "run, run"
  })
  void runKeyIsOfVerbPipelineAndDays(String text, String key) {
    assertThat(parse(text).runKeyText()).isEqualTo(key);
  }

  @Test
  void waitsOnlyIfItIsAskedTo() {
    assertThat(parse("run m --from 2013-12-01").waitForLeases()).isZero();
    assertThat(parse("run m --from 2013-12-01 --wait PT90S").waitForLeases())
        .isEqualTo(Duration.ofSeconds(90));
    assertThatThrownBy(() -> parse("run m --from 2013-12-01 --wait soon"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--wait");
  }

  @Test
  void aWordThatIsNoVerbIsRefused() {
    assertThat(parse("training-set m --from 2013-12-01").verb()).isEqualTo(Verb.TRAINING_SET);
    assertThatThrownBy(() -> parse("skore m --from 2013-12-01"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("no verb 'skore'");
  }

  @Test
  void aRoomWithoutADayIsRefused() {
    assertThatThrownBy(() -> parse("score m").runKey())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage("Cannot run without a day: give --from and --to");
  }
}
