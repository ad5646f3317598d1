package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** What a pipeline names is resolved once, and nothing else is in it. */
final class TestPipeline {
  @TempDir Path home;

  private ConfDirectory conf;

  @BeforeEach
  void twoPipelines() {
    conf = new ConfDirectory(home);
    conf.write(
        "sources/b.yaml", "table: raw.b\ndescription: B\ninputs: {b: b.parquet}\nsql: SELECT 1\n");
    conf.write(
        "sources/c.yaml", "table: raw.c\ndescription: C\ninputs: {c: c.parquet}\nsql: SELECT 1\n");
    conf.write(
        "features/w.yaml",
        """
        view: w
        description: W
        entity: {name: e, keys: {k: string}}
        reads: [raw.b]
        sql: SELECT 2
        features:
          x: {type: double, description: X}
        validation: w.dqdl
        """);
    conf.write("validation/w.dqdl", "Rules = [RowCount > 7]\n");
    conf.write(
        "training/n.yaml",
        """
        model: n
        spine: s
        views: [w, v]
        numeric: [w__x, v__x]
        days: {from: 2013-03-01, to: 2013-03-31}
        major-minor: "1.0"
        """);
    conf.write(
        "gate/n.yaml",
        "model: n\ndays: {from: 2013-04-01, to: 2013-04-28}\nranges: {auc: {min: 0.5}}\n");
    conf.write("scoring/n.yaml", "model: n\npredictions: predictions.n\n");
    conf.write("monitoring/n.yaml", "model: n\n");
  }

  @Test
  void holdsWhatItNamesAndLookupTables() {
    Pipeline pipeline = Pipeline.of(conf.load(), "m");

    assertThat(pipeline.sources())
        .extracting(SourceDefinition::table)
        .as("raw.b is another pipeline's, raw.c is read by no view or spine")
        .containsExactly("raw.a", "raw.c");
    assertThat(pipeline.views()).extracting(FeatureViewDefinition::name).containsExactly("v");
    assertThat(pipeline.spine().name()).isEqualTo("s");
    assertThat(pipeline.training().model()).isEqualTo("m");
    assertThat(pipeline.gate().model()).isEqualTo("m");
    assertThat(pipeline.scoring().predictions()).isEqualTo("predictions.m");
    assertThat(pipeline.monitoring().model()).isEqualTo("m");
    assertThat(pipeline.views().get(0).rules()).isEqualTo("Rules = [RowCount > 0]\n");
    assertThatThrownBy(() -> pipeline.source("raw.b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot find raw.b in pipeline m: it reads ");
  }

  @Test
  void keepsTheOrderOfViewsAndSortsTables() {
    Pipeline pipeline = Pipeline.of(conf.load(), "n");

    assertThat(pipeline.views()).extracting(FeatureViewDefinition::name).containsExactly("w", "v");
    assertThat(pipeline.sources())
        .extracting(SourceDefinition::table)
        .containsExactly("raw.a", "raw.b", "raw.c");
    assertThat(pipeline.views().get(0).rules()).isEqualTo("Rules = [RowCount > 7]\n");
    assertThat(pipeline.source("raw.b").table()).isEqualTo("raw.b");
  }

  @Test
  void viewsOfAVersionInUseAreMadeBesideThoseOfTheNextCandidate() {
    Pipeline pipeline = Pipeline.of(conf.load(), "m", List.of("gone", "v", "w"));

    assertThat(pipeline.views())
        .extracting(FeatureViewDefinition::name)
        .as("v is the candidate's, w is of the version in use, gone is not defined any more")
        .containsExactly("v", "w");
    assertThat(pipeline.training().views()).containsExactly("v");
    assertThat(pipeline.sources())
        .extracting(SourceDefinition::table)
        .containsExactly("raw.a", "raw.b", "raw.c");
  }

  @Test
  void aViewInUseWhoseKeysTheSpineLostIsNotMade() {
    conf.write(
        "features/w.yaml",
        """
        view: w
        description: W
        entity: {name: e, keys: {tail: string}}
        reads: [raw.b]
        sql: SELECT 2
        features:
          x: {type: double, description: X}
        validation: w.dqdl
        """);
    conf.write(
        "training/n.yaml",
        """
        model: n
        spine: s
        views: [v]
        numeric: [v__x]
        days: {from: 2013-03-01, to: 2013-03-31}
        major-minor: "1.0"
        """);

    Pipeline pipeline = Pipeline.of(conf.load(), "m", List.of("w"));

    assertThat(pipeline.views()).extracting(FeatureViewDefinition::name).containsExactly("v");
    assertThat(pipeline.defined())
        .extracting(FeatureViewDefinition::name)
        .containsExactly("v", "w");
  }

  @Test
  void aNameOfNoPipelineIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> Pipeline.of(conf.load(), "late"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining("training")
        .hasMessageContaining("late")
        .hasMessageContaining("m, n");
  }
}
