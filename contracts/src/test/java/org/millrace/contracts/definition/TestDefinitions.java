package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.PlatformDefinition.Registry.Kind;

/** The shipped definitions, mapped in full; defaults; other days. */
final class TestDefinitions {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final Definitions SHIPPED =
      Definitions.load(HOME.resolve("conf"), HOME, SqlForm.AS_WRITTEN);

  @TempDir Path home;

  @Test
  void mapsThePlatform() {
    PlatformDefinition platform = SHIPPED.platform();

    assertThat(platform.lake()).isEqualTo(HOME.resolve(".millrace/lake").toString());
    assertThat(platform.dayZone()).isEqualTo(ZoneId.of("America/New_York"));
    assertThat(platform.registry())
        .isEqualTo(
            new PlatformDefinition.Registry(
                PlatformDefinition.Registry.Kind.MLFLOW,
                "http://127.0.0.1:5000",
                Duration.ofSeconds(30),
                Duration.ofSeconds(60)));
    assertThat(platform.sqlPort()).isEqualTo(10015);
  }

  @Test
  void mapsASource() {
    SourceDefinition weather = named(SHIPPED.sources(), "raw.weather");

    assertThat(SHIPPED.sources())
        .containsOnlyKeys(
            "raw.airlines", "raw.airports", "raw.flights", "raw.planes", "raw.weather");
    assertThat(weather.metadata().description())
        .isEqualTo("Hourly weather at the three New York airports");
    assertThat(weather.inputs())
        .isEqualTo(
            Map.of(
                "weather", InputDefinition.of(HOME.resolve("data/nyc-flights/weather.parquet"))));
    assertThat(weather.sql().text()).startsWith("SELECT\n").endsWith("FROM weather\n");
    assertThat(weather.day()).contains("weather_date");
    assertThat(weather.emptyDays()).isEqualTo(EmptyDays.ALLOW);
    assertThat(weather.rules())
        .isEqualTo(
            new SourceRules(
                List.of("origin", "observed_at"),
                SourceRules.NullDays.FAIL,
                SourceRules.Infinities.FAIL,
                Optional.of(10.0)));
    assertThat(weather.columns()).containsEntry("visib", "Visibility, miles");
    assertThat(weather.hash()).matches("[0-9a-f]{64}");
  }

  @Test
  void mapsInputsWithTheirFormatsAndTypes() {
    ConfDirectory conf = new ConfDirectory(home);
    conf.write(
        "sources/a.yaml",
        """
        table: raw.a
        description: A
        inputs:
          a: loans/*.csv
          b:
            path: b.txt
            format: csv
            columns: {id: bigint, at: timestamp, amount: 'decimal(9,2)'}
            separator: ;
            header: true
            encoding: latin1
            nulls: [NA, '-']
            zone: Europe/Berlin
        sql: SELECT 1
        """);

    SourceDefinition source = named(conf.load().sources(), "raw.a");
    assertThat(named(source.inputs(), "a"))
        .isEqualTo(InputDefinition.of(home.resolve("loans/*.csv")));
    assertThat(named(source.inputs(), "b"))
        .isEqualTo(
            new InputDefinition(
                home.resolve("b.txt"),
                Optional.of(InputFormat.CSV),
                Map.of("id", "bigint", "at", "timestamp", "amount", "decimal(9,2)"),
                new InputDefinition.TextOptions(
                    Optional.of(";"),
                    true,
                    "ISO-8859-1",
                    List.of("NA", "-"),
                    ZoneId.of("Europe/Berlin")),
                Optional.empty()));
    assertThat(source.content().data())
        .containsEntry("input.b.columns.amount", "decimal(9,2)")
        .containsEntry("input.b.nulls", "[\"NA\",\"-\"]")
        .doesNotContainKeys("input.a.format", "input.b.path", "input.b.header", "input.b.order");

    conf.write(
        "sources/a.yaml",
        """
        table: raw.a
        description: A
        inputs:
          a:
            format: xls
            columns: {id: number}
            separator: tab
            encoding: utf-9
            header: maybe
            sep: x
        sql: SELECT 1
        """);
    assertThatThrownBy(conf::load)
        .hasMessageContaining("a.yaml:5: key 'path' is missing: expected a path")
        .hasMessageContaining("a.yaml:5: 'format': expected one of parquet, csv, json, orc, avro")
        .hasMessageContaining("a.yaml:6: 'id': expected a Spark SQL type such as double")
        .hasMessageContaining("a.yaml:7: 'separator': expected one character such as ;")
        .hasMessageContaining("a.yaml:8: 'encoding': expected a name such as ISO-8859-1")
        .hasMessageContaining("a.yaml:9: 'header': expected true or false, found 'maybe'")
        .hasMessageContaining("a.yaml:10: unknown key 'sep'");
  }

  @Test
  void mapsTablesOfDatabases() {
    ConfDirectory conf = new ConfDirectory(home);
    String start = "table: raw.a\ndescription: A\nsql: SELECT 1\ninputs:\n  a: ";
    conf.write(
        "sources/a.yaml", start + "{jdbc: 'jdbc:postgresql://h/sales?user=me', table: p.loans}\n");

    SourceDefinition source = named(conf.load().sources(), "raw.a");
    assertThat(named(source.inputs(), "a").jdbc())
        .contains(new JdbcTable("jdbc:postgresql://h/sales?user=me", "p.loans"));
    assertThat(source.content().data())
        .containsEntry("input.a.table", "p.loans")
        .doesNotContainValue("jdbc:postgresql://h/sales?user=me");
    assertThat(named(source.inputs(), "a").jdbc().orElseThrow())
        .hasToString("p.loans of jdbc:postgresql://h/sales");

    conf.write("sources/a.yaml", start + "{jdbc: 'jdbc:x://h/s?user=a&password=b', path: x}\n");
    assertThatThrownBy(conf::load)
        .hasMessageContaining(
            "a.yaml:5: 'jdbc': an address with a password is not used; give it as")
        .hasMessageContaining("key 'table' is missing")
        .hasMessageContaining("unknown key 'path'; allowed: jdbc, table")
        .hasMessageNotContaining("password=b");
    assertThat(JdbcTable.parse("jdbc:derby:/d#loans"))
        .contains(new JdbcTable("jdbc:derby:/d", "loans"));
    assertThat(JdbcTable.parse("jdbc:derby:/d")).isEmpty();
  }

  @Test
  void mapsTheStandingRulesOfASource() {
    ConfDirectory conf = new ConfDirectory(home);
    String source = "table: raw.a\ndescription: A\ninputs: {a: a}\nsql: SELECT 1\n";
    conf.write(
        "sources/a.yaml", source + "keys: [k]\nnull-days: drop\ninfinities: allow\nvolume: off\n");

    assertThat(named(conf.load().sources(), "raw.a").rules())
        .isEqualTo(
            new SourceRules(
                List.of("k"),
                SourceRules.NullDays.DROP,
                SourceRules.Infinities.ALLOW,
                Optional.empty()));

    conf.write("sources/a.yaml", source + "keys: [k, k]\nvolume: 1\n");
    assertThatThrownBy(conf::load)
        .hasMessageContaining("a.yaml:5: 'keys': a column is listed twice in [k, k]")
        .hasMessageContaining("a.yaml:6: 'volume': expected a number above 1, or off, found '1'");
  }

  @Test
  void mapsAFeatureView() {
    FeatureViewDefinition view = named(SHIPPED.views(), "plane_last_arrival");

    assertThat(view.table()).isEqualTo("features.plane_last_arrival");
    assertThat(view.entity()).isEqualTo("plane");
    assertThat(view.keys()).isEqualTo(Map.of("tailnum", "string"));
    assertThat(view.reads()).containsExactly("raw.flights");
    assertThat(view.lookBackDays()).isEqualTo(2);
    assertThat(view.ttl()).contains(Duration.ofDays(1));
    assertThat(view.boundary()).isEqualTo(FeatureViewDefinition.Boundary.INCLUSIVE);
    assertThat(view.tie()).contains("flight_id");
    assertThat(view.features().keySet())
        .containsExactly("last_arrival_delay", "last_departure_delay");
    assertThat(view.features().get("last_departure_delay"))
        .isEqualTo(
            new FeatureViewDefinition.Feature(
                "double", "Departure delay of the plane's last flight, minutes"));
    assertThat(view.validation()).isEqualTo("plane_last_arrival.dqdl");
    assertThat(view.emptyDays()).isEqualTo(EmptyDays.FAIL);
    assertThat(view.rules()).contains("Rules = [");
  }

  @Test
  void mapsAViewWithAggregates() {
    FeatureViewDefinition view = named(SHIPPED.views(), "route_lateness");

    assertThat(view.isWindowed()).isTrue();
    assertThat(view.tie()).contains("flight_id");
    assertThat(view.features().keySet()).containsExactly("late", "delay");
    assertThat(view.outputs().keySet())
        .containsExactly("late_share_7d", "mean_arrival_delay_7d", "flights_7d");
    assertThat(named(view.aggregates(), "late_share_7d"))
        .isEqualTo(
            new WindowedFeature(
                new AggregateText(
                    AggregateFunction.AVG,
                    Optional.of("late"),
                    0,
                    List.of(Duration.ofDays(7)),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty(),
                new FeatureViewDefinition.Feature(
                    "double", "Share of the last 7 days' flights late or cancelled")));
    assertThat(view.column("flights_7d")).isEqualTo("route_lateness__flights_7d");
    assertThat(view.reach()).contains(Duration.ofDays(7));
  }

  @Test
  void aViewReachesAsFarAsItsLongestWindowOrItsTtl() {
    ConfDirectory conf = new ConfDirectory(home);
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        aggregates:
          x: {of: count() over 90m, type: BIGINT, description: X}
          l: {of: 'last(k, 3) over 36 hours where k > 1', type: 'ARRAY< string >', description: L}
          d: {of: count_distinct(known_at) over 1d, type: long, description: D}
        validation: v.dqdl
        """);

    FeatureViewDefinition view = named(conf.load().views(), "v");

    assertThat(view.features()).isEmpty();
    assertThat(view.reach()).contains(Duration.ofHours(36));
    assertThat(named(view.aggregates(), "l").of().condition()).contains("k > 1");
    assertThat(named(SHIPPED.views(), "plane_last_arrival").reach()).contains(Duration.ofDays(1));
    assertThat(named(SHIPPED.views(), "plane_facts").reach()).isEmpty();
  }

  @Test
  void mapsTheSpine() {
    SpineDefinition spine = named(SHIPPED.spines(), "late_flight");

    assertThat(spine.reads()).containsExactly("raw.flights");
    assertThat(spine.id()).containsExactly("flight_id");
    assertThat(spine.day()).isEqualTo("flight_date");
    assertThat(spine.columns())
        .startsWith("scheduled_departure_at", "carrier")
        .endsWith("day_of_week");
    assertThat(spine.label().orElseThrow().label()).isEqualTo("is_late");
    assertThat(spine.label().orElseThrow().knownAt()).isEqualTo("label_known_at");
  }

  @Test
  void mapsTraining() {
    TrainingDefinition training = named(SHIPPED.training(), "late_flight");

    assertThat(training.spine()).isEqualTo("late_flight");
    assertThat(training.views()).hasSameElementsAs(SHIPPED.views().keySet());
    assertThat(training.numeric()).contains("distance", "origin_weather__temp");
    assertThat(training.categorical()).containsExactly("carrier", "origin", "dest");
    assertThat(training.days())
        .isEqualTo(new DayRange(LocalDate.of(2013, 1, 1), LocalDate.of(2013, 10, 31)));
    assertThat(training.exclude()).contains(SqlText.asWritten("tailnum IS NULL"));
    assertThat(training.majorMinor()).isEqualTo("1.0");
    assertThat(training.trees().seed()).isEqualTo(42);
    assertThat(training.baseline().iterations()).isPositive();
  }

  @Test
  void mapsTheGate() {
    GateDefinition gate = named(SHIPPED.gates(), "late_flight");

    assertThat(gate.days())
        .isEqualTo(new DayRange(LocalDate.of(2013, 11, 1), LocalDate.of(2013, 11, 30)));
    assertThat(gate.ranges())
        .containsOnlyKeys("auc", "log_loss", "calibration_error", "auc_over_baseline");
    assertThat(named(gate.ranges(), "log_loss").min()).isEmpty();
    assertThat(named(gate.ranges(), "log_loss").max()).isPresent();
    assertThat(named(gate.notWorse(), "log_loss").better()).isEqualTo(GateDefinition.Better.LOWER);
  }

  @Test
  void mapsScoringAndMonitoring() {
    ScoringDefinition scoring = named(SHIPPED.scoring(), "late_flight");
    MonitoringDefinition monitoring = named(SHIPPED.monitoring(), "late_flight");

    assertThat(scoring.alias()).isEqualTo("champion");
    assertThat(scoring.predictions()).isEqualTo("predictions.late_flight");
    assertThat(scoring.batchRows()).isEqualTo(4096);
    assertThat(scoring.nulls()).isEqualTo(ScoringDefinition.Nulls.IMPUTE);
    assertThat(scoring.bounds().previousDays()).isEqualTo(7);
    assertThat(monitoring.psiWarning()).isEqualTo(0.2);
    assertThat(monitoring.labelDays()).contains(2);
  }

  @Test
  void fillsInDefaults() {
    Definitions small = new ConfDirectory(home).load();

    assertThat(small.platform())
        .isEqualTo(
            new PlatformDefinition(
                home.resolve("lake").toString(),
                ZoneId.of("UTC"),
                new PlatformDefinition.Registry(
                    PlatformDefinition.Registry.Kind.MLFLOW,
                    "http://127.0.0.1:5000",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60)),
                Optional.empty(),
                10000,
                Map.of(),
                Duration.ofMinutes(5),
                PlatformDefinition.WhenChanged.REDO));
    assertThat(named(small.sources(), "raw.a").day()).isEmpty();
    assertThat(named(small.sources(), "raw.a").emptyDays()).isEqualTo(EmptyDays.FAIL);
    FeatureViewDefinition view = named(small.views(), "v");
    assertThat(view.lookBackDays()).isZero();
    assertThat(view.ttl()).isEmpty();
    assertThat(view.tie()).isEmpty();
    assertThat(view.boundary()).isEqualTo(FeatureViewDefinition.Boundary.INCLUSIVE);
    TrainingDefinition training = named(small.training(), "m");
    assertThat(training.exclude()).isEmpty();
    assertThat(training.categorical()).isEmpty();
    assertThat(training.trees()).isEqualTo(new TrainingDefinition.Trees(40, 5, 0.2, 1.0, 64, 42));
    assertThat(training.baseline()).isEqualTo(new TrainingDefinition.Baseline(50, 0.001));
    assertThat(named(small.gates(), "m").notWorse()).isEmpty();
    assertThat(named(small.scoring(), "m"))
        .usingRecursiveComparison()
        .isEqualTo(
            new ScoringDefinition(
                "m",
                "champion",
                "predictions.m",
                4096,
                ScoringDefinition.Nulls.IMPUTE,
                ScoringDefinition.Engine.AUTO,
                ScoringDefinition.Device.CPU,
                false,
                new ScoringDefinition.Bounds(
                    Optional.empty(), 7, Optional.empty(), Optional.empty())));
    assertThat(named(small.monitoring(), "m").psiWarning()).isEqualTo(0.2);
    assertThat(named(small.monitoring(), "m").labelDays()).isEmpty();
  }

  @Test
  void otherDaysMakeAnotherHashAndLeaveTheRest() {
    Definitions small = new ConfDirectory(home).load();
    DayRange january = DayRange.of(LocalDate.of(2013, 1, 1));
    DayRange next = DayRange.of(LocalDate.of(2013, 1, 2));

    Definitions other = small.withDays("m", january, next);

    assertThat(named(other.training(), "m").days()).isEqualTo(january);
    assertThat(named(other.gates(), "m").days()).isEqualTo(next);
    assertThat(named(other.training(), "m").hash())
        .isNotEqualTo(named(small.training(), "m").hash());
    assertThat(named(other.gates(), "m").hash()).isNotEqualTo(named(small.gates(), "m").hash());
    assertThat(other.scoring()).isEqualTo(small.scoring());
  }

  @Test
  void otherRulesMakeAnotherHash() {
    ConfDirectory conf = new ConfDirectory(home);
    String before = named(conf.load().views(), "v").hash();

    conf.write("validation/v.dqdl", "Rules = [RowCount > 1]\n");

    assertThat(named(conf.load().views(), "v").hash()).isNotEqualTo(before);
  }

  @Test
  void lakeOfTheEnvironmentStartsFromHomeLikeTheDefinitions() {
    Definitions small = new ConfDirectory(home).load();

    assertThat(small.withLake("other/lake", home).platform().lake())
        .isEqualTo(home.resolve("other/lake").toString());
    assertThatThrownBy(() -> small.withLake("s3a://bucket/lake", home))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot use this lake: s3a: is not supported yet; give a directory of this machine");
  }

  @Test
  void registryIsThatOfTheDefinitionsOrOfAnAddress() {
    ConfDirectory conf = new ConfDirectory(home);
    Definitions server = conf.load();
    conf.write("millrace.yaml", "lake: file:///a b/lake\nregistry: {kind: directory}\n");
    Definitions directory = conf.load();

    assertThat(server.platform().registryAddress()).isEqualTo("http://127.0.0.1:5000");
    assertThat(directory.platform().registryAddress()).isEqualTo("file:///a%20b/lake/registry");
    assertThat(server.withRegistry("X", "FILE:///var/registry").platform())
        .returns("FILE:///var/registry", PlatformDefinition::registryAddress)
        .returns(Kind.DIRECTORY, platform -> platform.registry().kind());
    assertThat(directory.withRegistry("X", "https://mlflow.example/base").platform())
        .returns("https://mlflow.example/base", PlatformDefinition::registryAddress)
        .returns(Kind.MLFLOW, platform -> platform.registry().kind());
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:///mlflow.db, an address that begins with 'sqlite:'",
    "databricks, a text without http: or file:",
    "file:mlruns, an address that begins with 'file:'",
    "file://host/mlruns, an address that begins with 'file:'",
    "file:///data/my registry, an address that begins with 'file:'",
    "HTTP://mlflow, an address that begins with 'HTTP:'",
    "http:, an address that begins with 'http:'",
    "http://robin:pa/ss@mlflow:5000, an address that begins with 'http:'",
    "https://token@mlflow, an address that begins with 'https:'",
    "https://mlflow/?token=x, an address that begins with 'https:'"
  })
  void otherAddressesOfRegistriesAreRefusedAndNotRepeated(String address, String shown) {
    assertThatThrownBy(() -> SHIPPED.withRegistry("MLFLOW_TRACKING_URI", address))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage(
            "Cannot use MLFLOW_TRACKING_URI: "
                + shown
                + " is no registry; expected http://host:port, https://host:port or"
                + " file:///directory, without user, password, query or spaces");
  }

  @Test
  void aServersAddressIsCheckedWhenItIsReadAndADirectorysIsTheLakes() {
    ConfDirectory conf = new ConfDirectory(home);
    conf.write("millrace.yaml", "lake: /lake\nregistry: {uri: 'file:///x'}\n");
    assertThatThrownBy(conf::load)
        .hasMessageContaining("millrace.yaml:2")
        .hasMessageContaining("'uri': an address that begins with 'file:' is no registry");

    conf.write("millrace.yaml", "lake: /lake\nregistry: {kind: directory, uri: 'file:///x'}\n");
    assertThat(conf.load().platform().registryAddress()).isEqualTo("file:///lake/registry");
  }

  @Test
  void absentNameIsToldWithThoseThereAre() {
    assertThatThrownBy(() -> Definitions.named(SHIPPED.training(), "training", "early_flight"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot find training 'early_flight': conf has arrival_delay, late_flight");
  }

  @Test
  void lakeMayBeAFileAddress() {
    ConfDirectory conf = new ConfDirectory(home);
    conf.write("millrace.yaml", "lake: file:///a b/lake\nspark: {spark.executor.memory: 8g}\n");

    assertThat(conf.load().platform().lake()).isEqualTo("/a b/lake");
    assertThat(conf.load().withLake("FILE:/other/", home).platform().lake()).isEqualTo("/other");
    assertThat(conf.load().platform().spark()).isEqualTo(Map.of("spark.executor.memory", "8g"));
  }

  private static <T> T named(Map<String, T> definitions, String name) {
    return Definitions.named(definitions, "definition", name);
  }
}
