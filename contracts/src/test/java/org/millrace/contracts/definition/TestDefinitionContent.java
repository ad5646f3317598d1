package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestDefinitionContent {
  private static final String VIEW =
      """
      view: v
      description: V
      entity: {name: e, keys: {k: string}}
      reads: [raw.a]
      sql: SELECT 1
      features:
        x: {type: double, description: X}
        y: {type: int, description: Y}
      validation: v.dqdl
      """;

  @TempDir private Path home;
  private ConfDirectory conf;

  @BeforeEach
  void writeConf() {
    conf = new ConfDirectory(home);
  }

  private FeatureViewDefinition view(String yaml) {
    conf.write("features/v.yaml", yaml);
    return named(conf.load().views(), "v");
  }

  private static <T> T named(Map<String, T> definitions, String name) {
    return Definitions.named(definitions, "definition", name);
  }

  @Test
  void theWayItIsWrittenIsNoPartOfIt() {
    DefinitionContent content = view(VIEW).content();

    DefinitionContent other =
        view("""
                # another hand
                validation: v.dqdl
                features:
                  y: {description: Y, type: INTEGER}   # the second
                  x:
                    type:   double
                    description: X
                sql: "SELECT 1"
                reads: [raw.a]
                ttl:
                """
                    .replace("ttl:\n", "look-back-days: 0\nboundary: inclusive\nvolume: 10\n")
                + """
                entity:
                  keys: {k: STRING}
                  name: e
                description: 'V'
                view: v
                """)
            .content();

    assertThat(other).isEqualTo(content);
    assertThat(other.dataHash()).isEqualTo(content.dataHash());
    assertThat(other.metadataHash()).isEqualTo(content.metadataHash());
  }

  @Test
  void wordsAboutItAreMetadata() {
    FeatureViewDefinition view = view(VIEW);

    FeatureViewDefinition other =
        view(
            VIEW.replace("description: V\n", "description: W\nowner: us\ntags: [hourly, b]\n")
                .replace("description: X", "description: x"));

    assertThat(other.hash()).isEqualTo(view.hash());
    assertThat(other.lookupHash()).isEqualTo(view.lookupHash());
    assertThat(other.content().data()).isEqualTo(view.content().data());
    assertThat(other.content().metadataHash()).isNotEqualTo(view.content().metadataHash());
    assertThat(other.content().metadata())
        .containsAllEntriesOf(
            Map.of(
                "description",
                "W",
                "owner",
                "us",
                "tags",
                "[\"b\",\"hourly\"]",
                "features.x.description",
                "x"));
    assertThat(other.metadata())
        .isEqualTo(new DefinitionMetadata("W", Optional.of("us"), List.of("hourly", "b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sql: SELECT 2",
        "keys: {k: bigint}",
        "reads: [raw.a, raw.b]",
        "x: {type: float,",
        "z: {type: double,",
        "look-back-days: 1",
        "tie: k",
        "empty-days: allow",
        "volume: off"
      })
  void whatRowsComeFromMakesAnotherTable(String change) {
    conf.write(
        "sources/b.yaml", "table: raw.b\ndescription: B\ninputs: {b: b.parquet}\nsql: SELECT 1\n");
    FeatureViewDefinition view = view(VIEW);

    String key = change.substring(0, change.indexOf(':') + 1);
    String yaml =
        switch (key) {
          case "sql:" -> VIEW.replace("sql: SELECT 1", change);
          case "keys:" -> VIEW.replace("keys: {k: string}", change);
          case "reads:" -> VIEW.replace("reads: [raw.a]", change);
          case "x:" -> VIEW.replace("x: {type: double,", change);
          case "z:" -> VIEW.replace("x: {type: double,", change);
          default -> VIEW + change + "\n";
        };
    if (key.equals("z:")) {
      conf.training("v__y");
    }

    assertThat(view(yaml).hash()).isNotEqualTo(view.hash());
  }

  @Test
  void whatASpineRowFindsLeavesTheTable() {
    FeatureViewDefinition view = view(VIEW);

    FeatureViewDefinition shorter = view(VIEW + "ttl: PT6H\n");
    FeatureViewDefinition exclusive = view(VIEW + "boundary: exclusive\n");
    FeatureViewDefinition lenient = view(VIEW + "unanswered-days: allow\n");

    assertThat(List.of(shorter.hash(), exclusive.hash(), lenient.hash())).containsOnly(view.hash());
    assertThat(shorter.lookupHash()).isNotEqualTo(view.lookupHash());
    assertThat(exclusive.lookupHash()).isNotEqualTo(view.lookupHash());
    assertThat(lenient.lookupHash()).isEqualTo(view.lookupHash());
  }

  @Test
  void rulesCountAsTheyAreMeant() {
    String before = view(VIEW).hash();

    conf.write("validation/v.dqdl", "Rules = [ # all of them\n  RowCount  >0 ]");
    String laidOut = view(VIEW).hash();
    conf.write("validation/v.dqdl", "Rules = [RowCount > 0, ColumnValues \"#\" matches \"a  b\"]");
    String more = view(VIEW).hash();
    conf.write("validation/v.dqdl", "Rules = [RowCount > 0, ColumnValues \"#\" matches \"a b\"]");

    assertThat(laidOut).isEqualTo(before);
    assertThat(more).isNotEqualTo(before);
    assertThat(view(VIEW).hash()).isNotEqualTo(more);
  }

  @Test
  void trainerAloneLeavesTheTrainingSet() {
    TrainingDefinition training = named(conf.load().training(), "m");

    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: [v__x]
        days: {from: 2013-01-01, to: 2013-01-31}
        exclude: k IS NULL
        major-minor: "1.0"
        trees: {depth: 6}
        """);
    TrainingDefinition deeper = named(conf.load().training(), "m");

    assertThat(deeper.hash()).isNotEqualTo(training.hash());
    assertThat(deeper.trainingSetHash()).isEqualTo(training.trainingSetHash());
    assertThat(deeper.content().data())
        .containsEntry("trees.depth", "6")
        .doesNotContainKey("trees.count");
  }

  @Test
  void filesOfASourceAreKnownByTheirRows() {
    String before = named(conf.load().sources(), "raw.a").hash();

    conf.write(
        "sources/a.yaml",
        "table: raw.a\ndescription: A\ninputs: {a: moved/a.parquet}\nsql: SELECT 1\n");
    String moved = named(conf.load().sources(), "raw.a").hash();
    conf.write(
        "sources/a.yaml", "table: raw.a\ndescription: A\ninputs: {b: a.parquet}\nsql: SELECT 1\n");

    assertThat(moved).isEqualTo(before);
    assertThat(named(conf.load().sources(), "raw.a").hash()).isNotEqualTo(before);
  }

  @Test
  void sectionsAreWholeWords() {
    DefinitionContent content =
        new DefinitionContent(
            new TreeMap<>(Map.of("a", "1", "a.b", "2", "ab", "3")), new TreeMap<>());
    DefinitionContent other =
        new DefinitionContent(
            new TreeMap<>(Map.of("a", "1", "a.b", "2", "ab", "4")), new TreeMap<>());

    assertThat(other.dataHash(Set.of("a"))).isEqualTo(content.dataHash(Set.of("a")));
    assertThat(other.dataHash()).isNotEqualTo(content.dataHash());
  }
}
