package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDate;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;

final class TestLabelDefinitions {
  private static final String SPINE =
      "spine: s\ndescription: S\nreads: [raw.a]\nsql: SELECT 1\nid: [i]\ncolumns: [k]\nday: d\n";
  private static final String LABEL =
      """
      label: repaid
      description: Whether it was repaid
      reads: [raw.b]
      keys: [i]
      horizon-days: 10
      sql: SELECT i, repaid, known_at FROM b
      """;

  @TempDir Path home;
  private ConfDirectory conf;

  @BeforeEach
  void write() {
    conf = new ConfDirectory(home);
    conf.write(
        "sources/b.yaml", "table: raw.b\ndescription: B\ninputs: {b: b.parquet}\nsql: SELECT 1\n");
    conf.write("spines/s.yaml", SPINE);
    conf.write("labels/repaid.yaml", LABEL);
    training("label: repaid");
  }

  @Test
  void isPartOfThePipelineThatNamesIt() {
    Pipeline pipeline = pipeline();

    assertThat(pipeline.label())
        .hasValueSatisfying(label -> assertThat(label.keys()).contains("i"));
    assertThat(pipeline.sources()).extracting(SourceDefinition::table).contains("raw.b");
    assertThat(pipeline.labelColumns()).isEqualTo(new LabelColumns("repaid", "repaid_known_at"));
    assertThat(DefinitionSnapshot.of(pipeline).contents())
        .containsKey(new DefinitionKey(DefinitionKind.LABEL, "repaid"));
  }

  @Test
  void onlyDaysWhoseLabelsWereKnownBeforeTheGateBeganAreTrainedOn() {
    // the gate begins on 1 February: of 21 January all is known at the end of 31 January
    assertThat(pipeline().trainedDays()).isEqualTo(days("2013-01-01", "2013-01-21"));
    assertThat(pipeline().labelDays()).isEqualTo(10);
    assertThat(pipeline().labelsKnownOn(LocalDate.parse("2013-02-28"))).isEqualTo("2013-03-10");

    conf.write("monitoring/m.yaml", "model: m\nlabel-days: 12\n");
    assertThat(pipeline().labelDays()).isEqualTo(12);
  }

  @Test
  void aSpineWithItsOwnLabelIsTrainedOnAllItsDays() {
    conf.write("spines/s.yaml", SPINE + "label: y\nlabel-known-at: t\n");
    training("");

    assertThat(pipeline().trainedDays()).isEqualTo(days("2013-01-01", "2013-01-31"));
    assertThat(pipeline().labelDays()).isEqualTo(1);
    assertThat(pipeline().labelColumns()).isEqualTo(new LabelColumns("y", "t"));
  }

  @Test
  void aModelHasOneLabel() {
    training("");
    assertFails()
        .hasMessageContaining(
            "spine 's' has no label of its own; name one of conf/labels/: repaid");

    conf.write("spines/s.yaml", SPINE + "label: y\nlabel-known-at: t\n");
    training("label: repaid");
    assertFails()
        .hasMessageContaining(
            "conf/training/m.yaml:3: 'label': spine 's' has the label 'y' of its own; name none"
                + " here, or take it out there");

    conf.write("spines/s.yaml", SPINE);
    training("label: paid");
    assertFails().hasMessageContaining("'label': no 'paid'; allowed: repaid");

    conf.write("spines/s.yaml", SPINE + "label: y\n");
    assertFails()
        .hasMessageContaining("key 'label-known-at' is missing: expected a column: label and");
  }

  @Test
  void whatCannotBeJoinedOrJudgedIsNamed() {
    conf.write("labels/repaid.yaml", LABEL.replace("keys: [i]", "keys: [loan]"));
    assertFails()
        .hasMessageContaining(
            "'label': repaid is joined by 'loan', which spine 's' does not have; it has: i, k");

    conf.write("labels/repaid.yaml", LABEL.replace("horizon-days: 10", "horizon-days: 31"));
    conf.write("monitoring/m.yaml", "model: m\nlabel-days: 30\n");
    assertFails()
        .hasMessageContaining(
            "'label-days': expected at least the 31 days of label 'repaid', found 30")
        .hasMessageContaining("no day from 2013-01-01 on can be trained on; begin by 2012-12-31");

    conf.write("monitoring/m.yaml", "model: m\n");
    conf.write("labels/repaid.yaml", LABEL);
    conf.write("spines/s.yaml", SPINE.replace("[k]", "[k, repaid]"));
    assertFails()
        .hasMessageContaining(
            "'repaid' is a column of spine 's' too: what comes later is no question; rename one");
  }

  @Test
  void aLabelWithoutItsKeysOrHorizonIsRefused() {
    conf.write(
        "labels/repaid.yaml",
        LABEL.replace("keys: [i]\nhorizon-days: 10\n", "keys: []\nabsent: 2\n"));

    assertFails()
        .hasMessageContaining("'keys': expected at least one column")
        .hasMessageContaining("key 'horizon-days' is missing: expected a number of days such as 30")
        .hasMessageContaining("'absent': expected 0 to 1, found 2");
  }

  private void training(String label) {
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        %s
        views: [v]
        numeric: [v__x]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """
            .formatted(label));
  }

  private Pipeline pipeline() {
    return Pipeline.of(conf.load(), "m");
  }

  private AbstractThrowableAssert<?, ?> assertFails() {
    return assertThatThrownBy(() -> conf.load());
  }

  private static DayRange days(String from, String to) {
    return new DayRange(LocalDate.parse(from), LocalDate.parse(to));
  }
}
