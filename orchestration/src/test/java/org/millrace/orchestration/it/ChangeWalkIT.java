package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk of {@code docs/change.md}. */
class ChangeWalkIT {
  @TempDir Path directory;

  @Test
  void printsWhatThePageShows() throws IOException {
    MillraceHome home = MillraceHome.in(directory).withOwnConf();
    PageWalk walk = PageWalk.of("change.md");
    assertThat(walk.steps()).isGreaterThan(9);

    walk.through(home);

    assertThat(walk.reading()).isGreaterThanOrEqualTo(2);
    assertThat(home.files()).hasSizeGreaterThan(5);
  }
}
