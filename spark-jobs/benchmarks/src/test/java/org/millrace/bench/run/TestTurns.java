package org.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestTurns {
  private final List<String> happened = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  @Test
  void everybodyWorksOnceARoundAndTheFirstOneMoves() {
    Turns.Outcome outcome = new Turns(1, 2, told::add).run(List.of(fake("a", 9), fake("b", 9)));

    assertThat(happened)
        .containsExactly(
            "a starts",
            "a checks",
            "b starts",
            "b checks",
            "a works",
            "b works",
            "b works",
            "a works",
            "a works",
            "b works",
            "a ends",
            "b ends");
    assertThat(outcome.series().values()).allMatch(series -> series.rounds().size() == 2);
    assertThat(outcome.checks()).containsOnlyKeys("a", "b");
    assertThat(outcome.versions().get("b")).isEqualTo(Map.of("fake", "1"));
    assertThat(outcome.failures()).isEmpty();
  }

  @Test
  void thoseWhoTakeMinutesWorkOnceOneAfterTheOther() {
    Turns.Outcome outcome = new Turns(3, 5, told::add).once(List.of(fake("a", 9), fake("b", 1)));

    assertThat(happened)
        .startsWith("a starts", "a works", "a checks", "a ends", "b starts", "b works", "b ends");
    assertThat(outcome.series()).containsOnlyKeys("a");
    assertThat(outcome.series().values()).allMatch(series -> series.rounds().size() == 1);
    assertThat(outcome.failures()).isEqualTo(Map.of("b", "b is tired"));
  }

  @Test
  void oneThatFailsIsLeftOutAndClosedAtOnce() {
    Turns.Outcome outcome = new Turns(1, 2, told::add).run(List.of(fake("a", 2), fake("b", 9)));

    assertThat(outcome.series()).containsOnlyKeys("b");
    assertThat(outcome.checks()).containsOnlyKeys("b");
    assertThat(outcome.failures()).isEqualTo(Map.of("a", "a is tired"));
    assertThat(happened).containsSubsequence("a works", "a works", "a ends", "b works", "b ends");
    assertThat(told).anyMatch(line -> line.contains("left out: a is tired"));
  }

  @Test
  void aDefectOfOursClosesThemAll() {
    Turns turns = new Turns(1, 1, told::add);
    FakeContestant broken =
        new FakeContestant("b", 1) {
          @Override
          public Check check() {
            throw new IllegalStateException("a defect");
          }
        };

    assertThatThrownBy(() -> turns.run(List.of(fake("a", 9), broken)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
    assertThat(happened).endsWith("a ends", "b ends");
  }

  @Test
  void aMeasurementNeedsAWarmUpAndARound() {
    assertThatThrownBy(() -> new Turns(0, 5, told::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot measure 5 rounds after 0 warm-ups: both must be at least 1");
  }

  private FakeContestant fake(String name, int strength) {
    return new FakeContestant(name, strength);
  }

  /** Writes down what it is asked; fails when its strength is used up. */
  private class FakeContestant implements Contestant {
    private final String name;
    private int strength;

    FakeContestant(String name, int strength) {
      this.name = name;
      this.strength = strength;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Map<String, String> start() {
      happened.add(name + " starts");
      return Map.of("fake", "1");
    }

    @Override
    public Check check() {
      happened.add(name + " checks");
      return new Check(1, 1, 1, 1);
    }

    @Override
    public Round round() {
      happened.add(name + " works");
      strength--;
      if (strength == 0) {
        throw new ContenderFailedException(name + " is tired");
      }

      return new Round(1, 1, 1000, Map.of());
    }

    @Override
    public void close() {
      happened.add(name + " ends");
    }
  }
}
