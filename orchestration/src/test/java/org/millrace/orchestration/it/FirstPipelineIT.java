package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk of {@code docs/first-pipeline.md}: from files to predictions, and no file is edited. */
class FirstPipelineIT {
  @TempDir Path directory;

  @Test
  void printsWhatThePageShows() throws IOException {
    MillraceHome home = MillraceHome.in(directory);
    PageWalk walk = PageWalk.of("first-pipeline.md");
    assertThat(walk.steps()).isGreaterThan(5);

    walk.through(home);

    assertThat(directory.resolve("home/.millrace/lakes/first/reports/loans.html")).exists();
  }
}
