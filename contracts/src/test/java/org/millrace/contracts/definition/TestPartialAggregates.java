package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;

/** {@code partial-aggregates} of a view. */
class TestPartialAggregates {
  @TempDir Path home;

  private ConfDirectory conf;

  @BeforeEach
  void writeConf() {
    conf = new ConfDirectory(home);
  }

  @Test
  void aViewKeepsDaysWhereItSaysSo() {
    view("v", "daily", "sum(x) over 2 days");
    conf.training("v__a");

    FeatureViewDefinition view = Definitions.named(conf.load().views(), "view", "v");

    assertThat(view.isKeptDaily()).isTrue();
    assertThat(view.dailyTable()).isEqualTo("features.v_daily");
    assertThat(view.aggregates().values()).allMatch(WindowedFeature::canBeKeptDaily);
  }

  @Test
  void noneIsKeptUnlessAskedFor() {
    view("v", "none", "sum(x) over 2 days");
    conf.training("v__a");

    assertThat(Definitions.named(conf.load().views(), "view", "v").isKeptDaily()).isFalse();
  }

  @Test
  void aViewWhoseWindowsNoDayServesIsRefused() {
    view("v", "daily", "sum(x) over 24 hours");
    assertErrors()
        .hasMessageContaining(
            "features/v.yaml:8: 'partial-aggregates': no window is served by days: they serve"
                + " count, sum, avg");

    view("v", "daily", "quantile(x, 0.5) over 90 days");
    assertErrors().hasMessageContaining("'partial-aggregates': no window is served by days");
  }

  @Test
  void otherWordsAreRefused() {
    view("v", "hourly", "sum(x) over 2 days");

    assertErrors()
        .hasMessageContaining(
            "features/v.yaml:8: 'partial-aggregates': expected one of none, daily, found"
                + " 'hourly'");
  }

  @Test
  void aViewThatLooksUpHasNone() {
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        sql: SELECT 1
        partial-aggregates: daily
        features:
          x: {type: double, description: X}
        validation: v.dqdl
        """);

    assertErrors()
        .hasMessageContaining(
            "features/v.yaml:5: 'partial-aggregates': only a view with aggregates has any; leave");
  }

  @Test
  void twoViewsWithOneTableAreRefused() {
    view("v", "daily", "sum(x) over 2 days");
    view("v_daily", "none", "sum(x) over 2 days");
    conf.training("v__a");

    assertErrors()
        .hasMessageContaining(
            "features/v.yaml:8: 'partial-aggregates': features.v_daily would be the table of view"
                + " 'v_daily' too; rename that view");
  }

  private void view(String name, String partials, String of) {
    conf.write(
        "features/" + name + ".yaml",
        """
        view: %s
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        features:
          x: {type: double, description: X}
        partial-aggregates: %s
        aggregates:
          a: {of: '%s', type: double, description: A}
        validation: v.dqdl
        """
            .formatted(name, partials, of));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertErrors() {
    return assertThatThrownBy(conf::load).isInstanceOf(MillraceException.class);
  }
}
