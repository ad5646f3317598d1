package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestVerb {
  @Test
  void wordsAreThoseThatPeopleType() {
    assertThat(Arrays.stream(Verb.values()).map(Verb::word))
        .containsExactly(
            "run",
            "backfill",
            "ingest",
            "materialize",
            "validate",
            "training-set",
            "train",
            "gate",
            "score",
            "publish",
            "monitor",
            "report",
            "unpublish",
            "register",
            "explain",
            "replay",
            "approve",
            "rollout",
            "rollback",
            "sql",
            "asof",
            "score-file",
            "init",
            "check",
            "preview",
            "doctor");
  }

  @ParameterizedTest
  @EnumSource
  void aWordNamesItsVerbAndARunKeyCanHoldIt(Verb verb) {
    assertThat(Verb.of(verb.word())).contains(verb);
    assertThat(verb.description()).endsWith(".");
    String key = "m." + verb.word() + ".2013-12-01";
    assertThat(RunKey.parse(key).orElseThrow().room()).isEqualTo(verb.word());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "RUN", "training_set", "physician", "run "})
  void otherWordsNameNone(String word) {
    assertThat(Verb.of(word)).isEmpty();
  }

  @Test
  void roomsAreInTheOrderOfAPipeline() {
    assertThat(Verb.rooms().stream().map(Verb::word))
        .containsExactly(
            "ingest",
            "materialize",
            "validate",
            "training-set",
            "train",
            "gate",
            "score",
            "publish",
            "monitor",
            "report");
    assertThat(Verb.rooms()).allMatch(Verb::isForDays);
    assertThat(Arrays.stream(Verb.values()).filter(verb -> !verb.isForDays()))
        .containsExactly(
            Verb.SQL, Verb.ASOF, Verb.SCORE_FILE, Verb.INIT, Verb.CHECK, Verb.PREVIEW, Verb.DOCTOR);
  }

  @Test
  void someNeedMoreThanTables() {
    assertThat(Arrays.stream(Verb.values()).filter(Verb::needsMetastore))
        .containsExactly(Verb.RUN, Verb.BACKFILL, Verb.PUBLISH, Verb.UNPUBLISH, Verb.SQL);
    assertThat(Arrays.stream(Verb.values()).filter(Verb::scores))
        .containsExactly(Verb.RUN, Verb.BACKFILL, Verb.SCORE, Verb.REPLAY, Verb.SCORE_FILE);
  }
}
