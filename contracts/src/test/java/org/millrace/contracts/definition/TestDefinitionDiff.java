package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

class TestDefinitionDiff {
  private static DefinitionContent content(Map<String, String> data, Map<String, String> metadata) {
    return new DefinitionContent(new TreeMap<>(data), new TreeMap<>(metadata));
  }

  private static DefinitionDiff diff(
      DefinitionKind kind, Map<String, String> before, Map<String, String> now) {
    return new DefinitionDiff(
        new DefinitionKey(kind, "m"), content(before, Map.of()), content(now, Map.of()));
  }

  @Test
  void whatIsSaidAboutItIsMetadata() {
    Map<String, String> data = Map.of("sql", "SELECT 1");
    DefinitionDiff diff =
        new DefinitionDiff(
            new DefinitionKey(DefinitionKind.SOURCE, "raw.t"),
            content(data, Map.of("description", "Hourly weather", "owner", "ann")),
            content(data, Map.of("description", "Hourly weather of New York", "tags", "[w]")));

    assertThat(diff.category()).isEqualTo(ChangeCategory.METADATA_ONLY);
    assertThat(diff.lines())
        .containsExactly("~ description: with of New York", "- owner: ann", "+ tags: [w]");
  }

  @ParameterizedTest
  @CsvSource({
    "TRAINING, trees.depth, trainer-only",
    "TRAINING, numeric, trainer-only",
    "TRAINING, days, breaking",
    "TRAINING, views, breaking",
    "GATE, ranges.auc.min, trainer-only",
    "GATE, days, breaking",
    "SPINE, sql, breaking",
    "SCORING, nulls, breaking",
    "MONITORING, label-days, breaking"
  })
  void theCategoryFollowsFromWhatIsMadeOfIt(DefinitionKind kind, String path, String category) {
    assertThat(diff(kind, Map.of(path, "1"), Map.of(path, "2")).category().word())
        .isEqualTo(category);
  }

  @Test
  void aWindowThatIsAddedIsAdditiveAndAnotherOneIsBreaking() {
    Map<String, String> one = Map.of("aggregates.a.of", "[avg, x]", "features.x.type", "double");
    Map<String, String> more = new TreeMap<>(one);
    more.put("aggregates.b.of", "[max, x]");
    Map<String, String> other = new TreeMap<>(one);
    other.put("aggregates.a.of", "[min, x]");

    assertThat(diff(DefinitionKind.VIEW, one, more).category()).isEqualTo(ChangeCategory.ADDITIVE);
    assertThat(diff(DefinitionKind.VIEW, more, one).category()).isEqualTo(ChangeCategory.BREAKING);
    assertThat(diff(DefinitionKind.VIEW, one, other).category()).isEqualTo(ChangeCategory.BREAKING);
    assertThat(diff(DefinitionKind.VIEW, one, more).lines())
        .containsExactly("+ aggregates.b.of: [max, x]");
  }

  @Test
  void wordsThatDifferAreShownAlone() {
    assertThat(
            diff(
                    DefinitionKind.VIEW,
                    Map.of("sql", "SELECT `a` FROM `t` WHERE `a` > 1"),
                    Map.of("sql", "SELECT `a` , `b` FROM `t` WHERE `a` > 1"))
                .lines())
        .containsExactly("~ sql: with , b");
    assertThat(diff(DefinitionKind.VIEW, Map.of("ttl", "PT6H"), Map.of("ttl", "PT7H")).lines())
        .containsExactly("~ ttl: PT6H -> PT7H");
    String longer = "x".repeat(200);
    assertThat(diff(DefinitionKind.VIEW, Map.of(), Map.of("sql", longer)).lines().get(0))
        .isEqualTo("+ sql: " + "x".repeat(57) + "...");
  }

  @Test
  void aSnapshotReadsBackAndItsReadersAreToldApart() {
    DefinitionKey key = new DefinitionKey(DefinitionKind.VIEW, "v");
    Map<String, String> data =
        Map.of(
            "keys.k", "string",
            "features.x.type", "int",
            "features.y.type", "int",
            "sql", "SELECT `k` , `event_timestamp` , `known_at` , `x` , `y` FROM `t`");
    DefinitionSnapshot one =
        new DefinitionSnapshot(Map.of(key, content(data, Map.of("owner", "a"))));
    DefinitionSnapshot read = DefinitionSnapshot.parse(one.toJson(), "here");
    Map<String, String> less = new TreeMap<>(data);
    less.remove("features.y.type");
    less.put("sql", "SELECT `k` , `event_timestamp` , `known_at` , `x` FROM `t`");
    DefinitionSnapshot other = new DefinitionSnapshot(Map.of(key, content(less, Map.of())));

    assertThat(read.contents()).isEqualTo(one.contents());
    assertThat(read.hash()).isEqualTo(one.hash()).isNotEqualTo(other.hash());
    ViewReading x = new ViewReading(key, new TreeSet<>(Set.of("x")));
    ViewReading y = new ViewReading(key, new TreeSet<>(Set.of("x", "y")));
    assertThat(one.hash(x)).isPresent().isEqualTo(other.hash(x));
    assertThat(one.hash(y)).isNotEqualTo(other.hash(y)).isNotEqualTo(one.hash(x));
    assertThat(new DefinitionSnapshot(Map.of()).hash(x)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"schema\":1,\"definitions\":{\"view v\":null}}",
        "{\"schema\":1,\"definitions\":{\"view v\":{\"data\":{\"sql\":null},\"metadata\":{}}}}",
        "{\"schema\":2,\"definitions\":{}}",
        "{}",
        "[]",
        "{\"definitions\":{\"room v\":{}}}",
        "{\"definitions\":{\"view v\":{}}}"
      })
  void aDamagedSnapshotIsRefused(String json) {
    assertThatThrownBy(() -> DefinitionSnapshot.parse(json, "/lake/definitions/a.json"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("/lake/definitions/a.json")
        .hasMessageContaining("bring the file back");
  }
}
