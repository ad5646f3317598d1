package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schemas know what the readers know, and the shipped definitions keep them. */
final class TestDefinitionSchema {
  private static final Path SHIPPED = Path.of("../conf");
  private static final String MARK = "no-such-key";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path home;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          platform   | millrace.yaml     |                          | /properties
          platform   | millrace.yaml     | registry                 | /properties/registry/properties
          source     | sources/a.yaml    |                          | /properties
          source     | sources/a.yaml    | inputs/a                 | /properties/inputs/additionalProperties/anyOf/1/properties
          source     | sources/a.yaml    | inputs/a/jdbc            | /properties/inputs/additionalProperties/anyOf/2/properties
          view       | features/v.yaml   |                          | /properties
          view       | features/v.yaml   | entity                   | /properties/entity/properties
          view       | features/v.yaml   | features/x               | /properties/features/additionalProperties/properties
          view       | features/v.yaml   | aggregates/n             | /properties/aggregates/additionalProperties/properties
          spine      | spines/s.yaml     |                          | /properties
          label      | labels/y.yaml     |                          | /properties
          training   | training/m.yaml   |                          | /properties
          training   | training/m.yaml   | days                     | /properties/days/properties
          training   | training/m.yaml   | trainer                  | /properties/trainer/properties
          training   | training/m.yaml   | trees                    | /properties/trees/properties
          training   | training/m.yaml   | baseline                 | /properties/baseline/properties
          gate       | gate/m.yaml       |                          | /properties
          gate       | gate/m.yaml       | ranges/auc               | /definitions/range/properties
          gate       | gate/m.yaml       | not-worse-than-champion/auc | /definitions/tolerance/properties
          scoring    | scoring/m.yaml    |                          | /properties
          scoring    | scoring/m.yaml    | bounds                   | /properties/bounds/properties
          monitoring | monitoring/m.yaml |                          | /properties
          rollout    | rollout/m.yaml    |                          | /properties
          rollout    | rollout/m.yaml    | falls-back               | /properties/falls-back/properties
          """)
  void hasTheKeysThatTheReaderKnows(String kind, String file, String place, String pointer) {
    ConfDirectory conf = new ConfDirectory(home);
    String path = place == null ? "" : place;
    conf.write(file, nested(path.isEmpty() ? List.of() : List.of(path.split("/"))));

    Set<String> known = new TreeSet<>();
    schema(kind).at(pointer).fieldNames().forEachRemaining(known::add);
    assertThatThrownBy(conf::load)
        .hasMessageContaining(
            "unknown key '" + MARK + "'; allowed: " + String.join(", ", known) + "\n");
  }

  /** A file with one key that no reader knows, at a place; and one of another file's errors. */
  private static String nested(List<String> path) {
    StringBuilder yaml = new StringBuilder();
    String indent = "";
    for (String key : path) {
      if (key.equals("jdbc")) {
        return yaml.append(indent)
            .append(MARK)
            .append(": 1\n")
            .append(indent)
            .append("jdbc: j\n")
            .append("zzz: 1\n")
            .toString();
      }

      yaml.append(indent).append(key).append(":\n");
      indent += "  ";
    }

    return yaml.append(indent).append(MARK).append(": 1\n").append("zzz: 1\n").toString();
  }

  @Test
  void theMetricsOfGatesAreThoseThatTheReaderKnows() {
    ConfDirectory conf = new ConfDirectory(home);
    conf.write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-01, to: 2013-02-28}\nranges: {zzz: {min: 0.5}}\n");

    List<String> known = new ArrayList<>();
    schema("gate").at("/properties/ranges/properties").fieldNames().forEachRemaining(known::add);
    assertThatThrownBy(conf::load)
        .hasMessageContaining("no metric 'zzz'; allowed: " + String.join(", ", known));
  }

  @ParameterizedTest
  @EnumSource(DefinitionSchema.class)
  void theShippedDefinitionsKeepThem(DefinitionSchema schema) throws IOException {
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = SHIPPED.relativize(file).toString();
        if (DefinitionSchema.ofFile(name).filter(schema::equals).isPresent()) {
          assertThat(errors(schema, Files.readString(file))).as(name).isEmpty();
        }
      }
    }

    assertThat(JSON.readTree(schema.text()).at("/title").asText())
        .isEqualTo("Millrace " + schema.word());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          source   | sources/weather.yaml          | 'table: raw.weather' | 'table: Weather'     | table
          source   | sources/weather.yaml          | 'empty-days: allow'  | 'empty-days: maybe'  | empty-days
          view     | features/origin_weather.yaml  | 'entity:'            | 'entities:'          | entities
          spine    | spines/late_flight.yaml       | 'id: ['              | 'id: [], columns: [' |
          training | training/late_flight.yaml     | 'days: {from'        | 'days: {until'       | days
          gate     | gate/late_flight.yaml         | 'auc:'               | 'auk:'               | auk
          scoring  | scoring/late_flight.yaml      | 'model:'             | 'modell:'            | modell
          """)
  void whatIsWrongIsFound(String kind, String file, String right, String wrong, String named)
      throws IOException {
    DefinitionSchema schema = named(kind);
    String text = Files.readString(SHIPPED.resolve(file));
    assertThat(text).contains(right);

    if (named == null) {
      assertThat(errors(schema, text.replaceFirst("(?m)^id: .*$", "id: []"))).isNotEmpty();
    } else {
      assertThat(String.join("; ", errors(schema, text.replace(right, wrong)))).contains(named);
    }
  }

  @Test
  void aValidFileOfEachKindPasses() {
    assertThat(
            errors(
                DefinitionSchema.LABEL,
                "label: y\ndescription: Y\nreads: [raw.a]\nkeys: [i]\nhorizon-days: 3\nabsent: 0\nsql: SELECT 1\n"))
        .isEmpty();
    assertThat(errors(DefinitionSchema.LABEL, "label: y\nkeys: []\nsql: SELECT 1\n"))
        .hasSizeGreaterThan(2);
    String source = "table: raw.a\ndescription: A\nsql: SELECT 1\ninputs:\n  a: ";
    assertThat(
            errors(
                DefinitionSchema.SOURCE,
                source + "{path: a.csv, nulls: [NA, null, '-', 0], columns: {k: bigint}}\n"))
        .isEmpty();
    assertThat(errors(DefinitionSchema.SOURCE, source + "{jdbc: 'jdbc:x:y', table: t}\n"))
        .isEmpty();
    assertThat(errors(DefinitionSchema.SOURCE, source + "{jdbc: 'x:y', table: t}\n")).isNotEmpty();
    assertThat(errors(DefinitionSchema.PLATFORM, "lake: l\nlease: 5\n")).isNotEmpty();
    assertThat(errors(DefinitionSchema.MONITORING, "model: m\ndrift-days: 0\n")).isNotEmpty();
  }

  @Test
  void aFileNamesItsSchema() {
    assertThat(DefinitionSchema.ofFile("features/a.yaml")).contains(DefinitionSchema.VIEW);
    assertThat(DefinitionSchema.ofFile("validation/a.dqdl")).isEmpty();
    assertThat(DefinitionSchema.ofFile("featuresx/a.yaml")).isEmpty();
    assertThat(DefinitionSchema.VIEW.comment())
        .isEqualTo("# yaml-language-server: $schema=../schemas/view.json\n");
    assertThat(DefinitionSchema.PLATFORM.comment())
        .isEqualTo("# yaml-language-server: $schema=schemas/platform.json\n");
  }

  private static DefinitionSchema named(String kind) {
    return Arrays.stream(DefinitionSchema.values())
        .filter(schema -> schema.word().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode schema(String kind) {
    try {
      return JSON.readTree(named(kind).text());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> errors(DefinitionSchema schema, String yaml) {
    JsonNode file = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
        .getSchema(schema.text())
        .validate(file)
        .stream()
        .map(ValidationMessage::getMessage)
        .sorted()
        .collect(Collectors.toList());
  }
}
