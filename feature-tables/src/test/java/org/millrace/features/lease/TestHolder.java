package org.millrace.features.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who is known to be dead: a wrong yes would let two runs work at once. */
final class TestHolder {
  private static final Holder SELF = Holder.self("m.run.2013-12-01", "a");

  private static Holder holder(String host, String place, long pid, Instant startedAt) {
    return new Holder("m.run.2013-12-01", "a", host, place, pid, startedAt);
  }

  @Test
  void aLivingProcessIsNotDead() {
    assertThat(SELF.isKnownDead()).isFalse();
  }

  @Test
  void aClockThatWasSetBetweenTwoLooksKillsNobody() {
    for (int seconds = -1; seconds <= 1; seconds++) {
      Instant seen = SELF.startedAt().plusSeconds(seconds);
      assertThat(holder(SELF.host(), SELF.place(), SELF.pid(), seen).isKnownDead()).isFalse();
    }
  }

  @Test
  void aNumberThatAnotherProcessGotIsOfADeadOne() {
    Instant before = SELF.startedAt().minus(Duration.ofHours(1));

    assertThat(holder(SELF.host(), SELF.place(), SELF.pid(), before).isKnownDead()).isTrue();
  }

  @Test
  void ofAnotherMachineNothingIsKnown() {
    Instant before = SELF.startedAt().minus(Duration.ofHours(1));

    assertThat(holder("other", SELF.place(), SELF.pid(), before).isKnownDead()).isFalse();
    assertThat(holder(SELF.host(), "other", SELF.pid(), before).isKnownDead()).isFalse();
    assertThat(holder(SELF.host(), "", SELF.pid(), before).isKnownDead()).isFalse();
  }

  @Test
  void aProcessThatItsParentDoesNotReapIsDead() throws IOException, InterruptedException {
    Process parent =
        new ProcessBuilder("sh", "-c", "sh -c 'echo $$; exec sleep 0.2' & exec sleep 60").start();
    try (BufferedReader lines = parent.inputReader(StandardCharsets.UTF_8)) {
      long pid = Long.parseLong(lines.readLine());
      Instant started =
          ProcessHandle.of(pid).flatMap(child -> child.info().startInstant()).orElseThrow();
      Holder child = holder(SELF.host(), SELF.place(), pid, started);
      for (int look = 0; look < 200 && !child.isKnownDead(); look++) {
        Thread.sleep(50);
      }

      assertThat(child.isKnownDead()).isTrue();
    } finally {
      parent.destroyForcibly();
    }
  }
}
