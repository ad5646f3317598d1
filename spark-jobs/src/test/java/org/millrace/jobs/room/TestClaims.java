package org.millrace.jobs.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.planning.Split;

/** What rooms of the shipped pipeline claim. */
final class TestClaims {
  private static final Pipeline PIPELINE =
      Pipeline.of(
          Definitions.load(TestRooms.HOME.resolve("conf"), TestRooms.HOME, new CanonicalSql()),
          "late_flight");
  private static final DayRange NIGHT = DayRange.of(LocalDate.parse("2013-12-01"));
  private static final DayRange TRAINING =
      new DayRange(PIPELINE.training().days().from(), PIPELINE.gate().days().to().plusDays(1));

  /** Another pipeline that shares views and sources with the shipped one. */
  private static Pipeline other() {
    ScoringDefinition scoring = PIPELINE.scoring();
    return new Pipeline(
        "other",
        PIPELINE.platform(),
        PIPELINE.sources(),
        PIPELINE.views(),
        PIPELINE.spine(),
        PIPELINE.training(),
        PIPELINE.gate(),
        new ScoringDefinition(
            "other",
            scoring.alias(),
            "predictions.other",
            scoring.batchRows(),
            scoring.nulls(),
            scoring.engine(),
            scoring.device(),
            scoring.allowCpu(),
            scoring.bounds()),
        PIPELINE.monitoring());
  }

  private static boolean clash(List<Claim> one, List<Claim> two) {
    return one.stream().anyMatch(claim -> two.stream().anyMatch(claim::overlaps));
  }

  @ParameterizedTest
  @EnumSource
  void aRunClaimsWhatItsRoomsClaim(Verb verb) {
    if (!Verb.rooms().contains(verb)) {
      return;
    }

    for (DayRange days : List.of(NIGHT, TRAINING)) {
      List<Claim> run = Claims.of(Verb.RUN, PIPELINE, days);
      boolean isOpened =
          Split.trains(PIPELINE, days)
              || (verb != Verb.TRAINING_SET && verb != Verb.TRAIN && verb != Verb.GATE);
      List<Claim> room = isOpened ? Claims.of(verb, PIPELINE, days) : List.of();
      assertThat(room).allMatch(claim -> run.stream().anyMatch(held -> held.covers(claim)));
    }
  }

  @Test
  void aRoomClaimsWhatItWrites() {
    List<String> views = PIPELINE.views().stream().map(FeatureViewDefinition::table).toList();

    assertThat(Claims.of(Verb.MATERIALIZE, PIPELINE, NIGHT))
        .isEqualTo(Claims.of(Verb.VALIDATE, PIPELINE, NIGHT))
        .extracting(Claim::object)
        .containsAll(views);
    assertThat(Claims.of(Verb.INGEST, PIPELINE, NIGHT))
        .isNotEmpty()
        .allMatch(claim -> claim.object().startsWith("raw.") && NIGHT.equals(claim.days()));
    assertThat(Claims.of(Verb.SCORE, PIPELINE, NIGHT))
        .containsExactly(new Claim("predictions.late_flight", NIGHT))
        .isEqualTo(Claims.of(Verb.PUBLISH, PIPELINE, NIGHT))
        .isEqualTo(Claims.of(Verb.UNPUBLISH, PIPELINE, NIGHT));
    assertThat(Claims.of(Verb.TRAINING_SET, PIPELINE, NIGHT))
        .containsExactly(Claim.whole("training.late_flight"));
    assertThat(Claims.of(Verb.TRAIN, PIPELINE, NIGHT))
        .containsExactly(Claim.whole("model.late_flight"));
    assertThat(Claims.of(Verb.GATE, PIPELINE, NIGHT))
        .containsExactly(Claim.whole("gate.late_flight"));
    assertThat(Claims.of(Verb.REPORT, PIPELINE, NIGHT)).isEmpty();
  }

  @Test
  void aNightClaimsNoModel() {
    assertThat(Claims.of(Verb.RUN, PIPELINE, NIGHT))
        .extracting(Claim::object)
        .noneMatch(object -> object.startsWith("model.") || object.startsWith("training."));
    assertThat(Claims.of(Verb.RUN, PIPELINE, TRAINING))
        .extracting(Claim::object)
        .contains("model.late_flight", "gate.late_flight", "training.late_flight");
  }

  @Test
  void nightsOfTwoDaysDoNotClash() {
    DayRange next = DayRange.of(NIGHT.to().plusDays(1));

    assertThat(clash(Claims.of(Verb.RUN, PIPELINE, NIGHT), Claims.of(Verb.RUN, PIPELINE, next)))
        .isFalse();
    assertThat(clash(Claims.of(Verb.RUN, PIPELINE, NIGHT), Claims.of(Verb.RUN, PIPELINE, NIGHT)))
        .isTrue();
  }

  @Test
  void pipelinesThatShareViewsClashThereAlone() {
    Pipeline other = other();

    assertThat(
            clash(
                Claims.of(Verb.MATERIALIZE, PIPELINE, NIGHT),
                Claims.of(Verb.VALIDATE, other, NIGHT)))
        .isTrue();
    for (Verb verb : List.of(Verb.TRAINING_SET, Verb.TRAIN, Verb.GATE, Verb.SCORE, Verb.MONITOR)) {
      assertThat(clash(Claims.of(verb, PIPELINE, NIGHT), Claims.of(verb, other, NIGHT)))
          .as(verb.word())
          .isFalse();
    }
  }
}
