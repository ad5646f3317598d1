package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

final class TestDefinitionErrors {
  @TempDir Path home;
  private ConfDirectory conf;

  @BeforeEach
  void writeSoundDefinitions() {
    conf = new ConfDirectory(home);
  }

  @Test
  void everyErrorOfAllFilesIsToldAtOnceWithFileAndLine() {
    conf.write("millrace.yaml", "lake: lake\nday-zone: America/New_Amsterdam\nsql-port: [1]\n");
    conf.write(
        "scoring/m.yaml",
        """
        model: m
        predictions: Predictions
        batch-rows: 0
        nulls: drop
        bounds: {mean-tolerance: little}
        """);

    assertErrors(6)
        .hasMessageContaining(
            "\n  conf/millrace.yaml:2: 'day-zone': expected a time zone such as America/New_York,"
                + " found 'America/New_Amsterdam'")
        .hasMessageContaining(
            "\n  conf/millrace.yaml:3: 'sql-port': expected a whole number, found a list or a"
                + " mapping")
        .hasMessageContaining(
            "\n  conf/scoring/m.yaml:2: 'predictions': expected a table name such as raw.flights,"
                + " found 'Predictions'")
        .hasMessageContaining(
            "\n  conf/scoring/m.yaml:4: 'nulls': expected one of impute, reject, found 'drop'")
        .hasMessageContaining(
            "\n  conf/scoring/m.yaml:5: 'mean-tolerance': expected a number, found 'little'");
  }

  @Test
  void filesOfAnotherDirectoryAreNotTakenForThoseOfTheHome() throws IOException {
    conf.write("monitoring/m.yaml", "model: m\npsi: 0.2\n");
    Path trial = home.resolve("trial");
    Files.createDirectories(trial);
    Files.move(home.resolve("conf"), trial.resolve("conf"));

    assertThatThrownBy(() -> load("trial/conf", home))
        .hasMessageContaining("\n  trial/conf/monitoring/m.yaml:2: unknown key 'psi'");
    assertThatThrownBy(() -> load("trial/conf", home.resolve("elsewhere")))
        .hasMessageContaining("\n  " + trial + "/conf/monitoring/m.yaml:2: unknown key 'psi'");
    assertThatThrownBy(() -> load("trial/conf", trial))
        .hasMessageContaining("\n  conf/monitoring/m.yaml:2: unknown key 'psi'");
    Files.writeString(trial.resolve("conf/millrace.yaml"), "lake: lake\nlaek: lake\n");
    assertThatThrownBy(() -> Definitions.platformAlone(trial.resolve("conf"), home))
        .hasMessageContaining("\n  trial/conf/millrace.yaml:2: unknown key 'laek'");
  }

  private Definitions load(String directory, Path projectHome) {
    return Definitions.load(home.resolve(directory), projectHome, SqlForm.AS_WRITTEN);
  }

  @Test
  void unknownKeyListsTheAllowedOnes() {
    conf.write("monitoring/m.yaml", "model: m\npsi-warnings: 0.2\n");

    assertErrors(1)
        .hasMessage(
            "Cannot use the definitions: 1 error\n"
                + "  conf/monitoring/m.yaml:2: unknown key 'psi-warnings'; allowed: drift-days,"
                + " drift-without, label-days, model, psi-warning");
  }

  @Test
  void missingKeysSayWhatIsExpected() {
    conf.write("spines/s.yaml", "spine: s\ndescription: S\nsql: SELECT 1\nday: d\n");

    assertErrors(2)
        .hasMessageContaining("conf/training/m.yaml:1: 'label': spine 's' has no label of its own")
        .hasMessageContaining("conf/spines/s.yaml:1: 'id': expected at least one column");
  }

  @Test
  void brokenYamlNamesItsLine() {
    conf.write("monitoring/m.yaml", "model: m\npsi-warning: [\n");

    assertErrors(1).hasMessageContaining("\n  conf/monitoring/m.yaml:3: not valid YAML: ");
  }

  @Test
  void keyThatStandsTwiceIsRefused() {
    conf.write("monitoring/m.yaml", "model: m\nlabel-days: 1\nlabel-days: 2\n");

    assertErrors(1)
        .hasMessageContaining(
            "conf/monitoring/m.yaml:3: key 'label-days' appears twice, first in line 2");
  }

  @Test
  void namesThatLeadNowhereAreToldWithThoseThereAre() {
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: t
        views: [v, w]
        days: {from: 2013-01-01, to: 2013-03-31}
        major-minor: "1.0"
        """);
    conf.write("monitoring/n.yaml", "model: n\n");

    assertErrors(5)
        .hasMessageContaining("\n  conf/training/m.yaml:2: 'spine': no 't'; allowed: s")
        .hasMessageContaining("\n  conf/training/m.yaml:3: 'views': no 'w'; allowed: v")
        .hasMessageContaining(
            "\n  conf/training/m.yaml:1: 'numeric' and 'categorical' are both empty: a model needs an"
                + " input")
        .hasMessageContaining(
            "\n  conf/gate/m.yaml:2: 'days' starts on 2013-02-01, not after the last training day"
                + " 2013-03-31")
        .hasMessageContaining("\n  conf/monitoring/n.yaml:1: 'model': no 'n'; allowed: m");
  }

  @Test
  void viewWithoutItsRulesIsRefused() {
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.b]
        sql: SELECT 1
        features:
          x: {type: double, description: X}
        validation: absent.dqdl
        """);

    assertErrors(2)
        .hasMessageContaining("\n  conf/features/v.yaml:4: 'reads': no 'raw.b'; allowed: raw.a")
        .hasMessageContaining(
            "\n  conf/features/v.yaml:8: 'validation': no file "
                + home.resolve("conf/validation/absent.dqdl")
                + "; write its rules there");
  }

  @Test
  void inputsAndKeysThatNoSpineOrViewHasAreRefused() {
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: [v__x, v__z]
        categorical: [c]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """);
    conf.write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.a]
        sql: SELECT 1
        id: [i]
        day: d
        label: y
        label-known-at: t
        """);

    assertErrors(3)
        .hasMessageContaining(
            "\n  conf/training/m.yaml:3: 'views': v is joined by 'k', which spine 's' does not have;"
                + " it has: i")
        .hasMessageContaining("\n  conf/training/m.yaml:4: 'numeric': no 'v__z'; allowed: i, v__x")
        .hasMessageContaining(
            "\n  conf/training/m.yaml:5: 'categorical': no 'c'; allowed: i, v__x");
  }

  @Test
  void valuesThatNoTrainingCanUseAreRefused() {
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric:
          - v__x
          - i
          - v__x
        categorical: [v__x]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        trees: {depth: -1, subsample: 7}
        """);
    conf.write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-01, to: 2013-02-28}\nranges:\n  auk: {min: 0.5}\n  auc: {min: 0.9, max: 0.8}\n");

    assertErrors(7)
        .hasMessageContaining("conf/training/m.yaml:11: 'depth': expected 1 to 30, found -1")
        .hasMessageContaining(
            "conf/training/m.yaml:11: 'subsample': expected more than 0.0, at most 1.0, found 7.0")
        .hasMessageContaining(
            "conf/gate/m.yaml:3: 'ranges': no metric 'auk'; allowed: auc, pr_auc, log_loss")
        .hasMessageContaining(
            "conf/gate/m.yaml:5: 'auc': expected min, max or both, with min <= max")
        .hasMessageContaining(
            "conf/training/m.yaml:5: 'numeric': v__x appears twice among the inputs")
        .hasMessageContaining(
            "conf/training/m.yaml:8: 'categorical': v__x is no text: list it as numeric")
        .hasMessageContaining(
            "conf/training/m.yaml:8: 'categorical': v__x appears twice among the inputs");
  }

  @Test
  void pipelineWithoutAGateIsRefused() throws IOException {
    Files.delete(home.resolve("conf/gate/m.yaml"));

    assertErrors(1)
        .hasMessageContaining(
            "conf/training/m.yaml:1: 'model': m has no definition in gate/; write one with model: m");
  }

  @Test
  void aggregatesThatTheEventsCannotGiveAreRefused() {
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        ttl: P1D
        tie: x
        features:
          x: {type: double, description: X}
          t: {type: string, description: T}
        aggregates:
          x: {of: avg(x) over 1h, type: double, description: X}
          late: {of: avg(y) over 1h, type: double, description: Y}
          text: {of: sum(t) over 1h, type: double, description: T}
          kind: {of: max(t) over 1h, type: double, description: T}
          form: {of: x over 1h, type: double, description: F}
          both: {of: 'count() over 1h, 2h', type: bigint, description: C}
          named: {of: count() over 1h as n, type: bigint, description: C}
          Upper: {of: count() over 1h, type: bigint, description: C}
          long: {of: count() over 0h, type: bigint, description: C}
          most: {of: 'last(x, 0) over 1h', type: 'array<double>', description: C}
          share: {of: 'quantile(x, 1.5) over 1h', type: double, description: C}
          bare: {description: C, where: x}
        validation: v.dqdl
        """);

    assertErrors(15)
        .hasMessageContaining(
            "features/v.yaml:6: 'ttl': a view with aggregates has none, each has its own window")
        .hasMessageContaining("features/v.yaml:7: 'tie': a view with aggregates has none, all")
        .hasMessageContaining(
            "features/v.yaml:13: 'of': no column 'y'; the events have: k, event_timestamp,"
                + " known_at, x, t")
        .hasMessageContaining(
            "features/v.yaml:14: 'of': no sum of 't', which is string; take a column of whole or"
                + " floating numbers")
        .hasMessageContaining("features/v.yaml:15: 'type': expected string, found 'double'")
        .hasMessageContaining(
            "features/v.yaml:16: 'of': Cannot aggregate 'x over 1h': it is not like 'avg(column)")
        .hasMessageContaining(
            "features/v.yaml:17: 'of': expected one window and no name, as the key is the name")
        .hasMessageContaining("features/v.yaml:18: 'of': expected one window and no name")
        .hasMessageContaining("features/v.yaml:19: 'Upper': expected a lower-case word such as")
        .hasMessageContaining("a window of 0h is not longer than 0, at most 10,000 years")
        .hasMessageContaining("features/v.yaml:21: 'of': Cannot aggregate 'last(x, 0) over 1h': 0")
        .hasMessageContaining("1.5 is not between 0 and 1 with at most six decimals")
        .hasMessageContaining("features/v.yaml:23: key 'of' is missing: expected a text")
        .hasMessageContaining("features/v.yaml:23: key 'type' is missing: expected a text")
        .hasMessageContaining(
            "features/v.yaml:23: unknown key 'where'; allowed: description, of, type");
  }

  @Test
  void aViewThatLooksUpHasNoEventId() {
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        sql: SELECT 1
        event-id: x
        features:
          x: {type: double, description: X}
        validation: v.dqdl
        """);

    assertErrors(1)
        .hasMessageContaining(
            "features/v.yaml:5: 'event-id': only a view with aggregates has one; name what");
  }

  @Test
  void emptyAggregatesAreRefused() {
    windowed("{}", "[k]");

    assertErrors(1)
        .hasMessageContaining(
            "features/v.yaml:8: 'aggregates': expected at least one with of, type and description");
  }

  @Test
  void aListOfAggregatesIsRefused() {
    windowed("[count() over 1h]", "[k]");

    assertErrors(1).hasMessageContaining("features/v.yaml:8: 'aggregates': expected keys and");
  }

  @Test
  void aModelSeesTheAggregatesOfAViewAndNotItsEvents() {
    windowed(
        "{n: {of: count() over 1h, type: bigint, description: N},"
            + " last: {of: max(t) over 1h, type: string, description: L}}",
        "[v__n, v__t, v__last]");

    assertErrors(2)
        .hasMessageContaining(
            "conf/training/m.yaml:4: 'numeric': no 'v__t'; allowed: i, k, v__last, v__n")
        .hasMessageContaining(
            "conf/training/m.yaml:4: 'numeric': v__last is a text: list it as categorical");
  }

  @Test
  void columnsOfTwoViewsThatWouldClashAreRefused() {
    windowed("{n: {of: count() over 1h, type: bigint, description: N}}", "[v__n]");
    conf.write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.a]
        sql: SELECT 1
        id: [i]
        columns: [k, v__n]
        day: d
        label: y
        label-known-at: t
        """);

    assertErrors(1)
        .hasMessageContaining("conf/training/m.yaml:3: 'views': v__n of v would appear twice");
  }

  @Test
  void listsBesideViewsWithAggregatesAreRefusedWhereTheyCannotBeCarried() {
    windowed("{n: {of: count() over 1h, type: bigint, description: N}}", "[v__n]");
    conf.write(
        "features/w.yaml",
        """
        view: w
        description: W
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        features:
          x: {type: array<double>, description: X}
        validation: v.dqdl
        """);
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v, w]
        numeric: [v__n]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """);

    assertErrors(1)
        .hasMessageContaining(
            "conf/training/m.yaml:3: 'views': w have arrays or structs: beside views with"
                + " aggregates, only the last of these may have them");
  }

  /** View v over events with text t, and a model with these inputs. */
  private void windowed(String aggregates, String numeric) {
    conf.write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        features:
          t: {type: string, description: T}
        aggregates: %s
        validation: v.dqdl
        """
            .formatted(aggregates));
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: %s
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """
            .formatted(numeric));
  }

  @Test
  void lastDayBeforeTheFirstIsRefused() {
    conf.write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-28, to: 2013-02-01}\nranges: {auc: {min: 0.5}}\n");

    assertErrors(1)
        .hasMessageContaining(
            "conf/gate/m.yaml:2: 'days': the last day 2013-02-01 is before the first,"
                + " 2013-02-28");
  }

  @Test
  void gateWithoutARuleIsRefused() {
    conf.write("gate/m.yaml", "model: m\ndays: {from: 2013-02-01, to: 2013-02-28}\n");

    assertErrors(1).hasMessageContaining("'ranges': expected at least one metric with min or max");
  }

  @Test
  void secondDefinitionOfANameIsRefused() {
    conf.write("monitoring/again.yaml", "model: m\n");

    assertErrors(1)
        .hasMessageContaining(
            "conf/monitoring/m.yaml: a second definition of 'm'; names are unique");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          millrace.yaml|lake: lake|lake: ''|1: 'lake': expected a directory, found an empty text
          millrace.yaml|lake: lake|lake: s3a://b/l|1: 'lake': s3a: is not supported yet; give a dir
          millrace.yaml|lake: lake|lake: 'file://host/l'|1: 'lake': a file: address names no host
          millrace.yaml|lake: lake|lake: "a\\0b"|1: 'lake': Nul character not allowed
          millrace.yaml|$|lease: PT0S|2: 'lease': expected PT10S to PT24H, found PT0S
          millrace.yaml|$|lease: -PT5M|2: 'lease': expected PT10S to PT24H, found PT-5M
          millrace.yaml|$|lease: P9999999D|2: 'lease': expected PT10S to PT24H, found PT239999976H
          millrace.yaml|$|registry: {retry-for: -PT1S}|2: 'retry-for': expected PT0S to PT24H, found
          millrace.yaml|$|registry: {request-timeout: PT0S}|2: 'request-timeout': expected PT0.001S
          millrace.yaml|$|day-zone: 'no zone'|2: 'day-zone': expected a time zone such as
          sources/a.yaml|$|day: 'x; drop'|5: 'day': expected a column name such as flight_date, found
          sources/a.yaml|table: raw.a|table: raw.a/../b|1: 'table': expected a table name such as
          sources/a.yaml|table: raw.a|table: ''|1: 'table': expected a table name such as
          sources/a.yaml|a.parquet|"a\\0b"|3: 'a': expected a path, found
          spines/s.yaml|day: d|day: ''|7: 'day': expected a column name such as flight_date, found ''
          spines/s.yaml|day: d|day: to_date(d)|7: 'day': expected a column name such as flight_date
          features/v.yaml|view: v|view: '../v'|1: 'view': expected a lower-case word such as
          features/v.yaml|validation: v.dqdl|validation: /etc/passwd|8: 'validation': expected a file
          features/v.yaml|validation: v.dqdl|validation: ../v.dqdl|8: 'validation': expected a file
          scoring/m.yaml|$|alias: 'a/../b'|3: 'alias': expected a word such as champion, found 'a/../b'
          scoring/m.yaml|$|bounds: {mean-tolerance: .NaN}|3: 'mean-tolerance': expected a number, found
          scoring/m.yaml|$|bounds: {mean-tolerance: NaN}|3: 'mean-tolerance': expected a number, found
          scoring/m.yaml|$|bounds: {previous-days: -1}|3: 'previous-days': expected 0 to 3660, found -1
          gate/m.yaml|min: 0.5|max: NaN|3: 'max': expected a number, found 'NaN'
          gate/m.yaml|min: 0.5|min: -Infinity|3: 'min': expected a number, found '-Infinity'
          gate/m.yaml|min: 0.5|max: 1e999|3: 'max': expected a number, found '1e999'
          gate/m.yaml|2013-02-28|9999-12-31|2: 'days': 2013-02-01 to 9999-12-31 are more than 36,525
          training/m.yaml|2013-01-01|0001-01-01|5: 'days': 0001-01-01 to 2013-01-31 are more than
          monitoring/m.yaml|model: m|--- !!java.net.URL [m]|1: a tag such as '!!java.net.URL' is not allowed
          monitoring/m.yaml|model: m|model: !!java.net.URL [m]|1: a tag such as '!!java.net.URL'
          monitoring/m.yaml|model: m|!thing {model: m}|1: a tag such as '!thing' is not allowed
          monitoring/m.yaml|$|--- {model: m}|2: not valid YAML: but found another document
          """)
  void valuesThatNothingCanUseAreRefusedWithTheirLine(
      String file, String old, String mended, String message) throws IOException {
    Path path = home.resolve("conf").resolve(file);
    String text = Files.readString(path);
    conf.write(file, old.equals("$") ? text + mended + "\n" : text.replace(old, mended));

    assertThatThrownBy(conf::load)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining("\n  conf/" + file + ":" + message);
  }

  @Test
  void aliasesThatMultiplyAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int level = 1; level < 30; level++) {
      String alias = "*a" + (level - 1);
      bomb.append("a%d: &a%d [%s]\n".formatted(level, level, String.join(", ", nine(alias))));
    }

    conf.write("monitoring/m.yaml", bomb.toString());
    assertErrors(1).hasMessageContaining("Number of aliases for non-scalar nodes exceeds");
  }

  private static List<String> nine(String word) {
    return Collections.nCopies(9, word);
  }

  @Test
  void nestingWithoutEndIsRefused() {
    conf.write("monitoring/m.yaml", "model: " + "[".repeat(200_000) + "\n");

    assertErrors(1)
        .hasMessageContaining("\n  conf/monitoring/m.yaml:1: more than 50 levels of lists");
  }

  @Test
  void aFileThatIsTooLongIsRefusedAtOnce() throws IOException {
    byte[] line = ("# " + "x".repeat(1_021) + "\n").getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(home.resolve("conf/monitoring/m.yaml"))) {
      for (int kibibyte = 0; kibibyte < 60 * 1024; kibibyte++) {
        out.write(line);
      }
    }

    long start = System.nanoTime();
    assertErrors(1)
        .hasMessageContaining(
            "\n  conf/monitoring/m.yaml: is longer than 1,048,576 bytes, the limit of a definition"
                + " file; shorten it");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void rulesThatAreTooLongAreRefused() throws IOException {
    conf.write("validation/v.dqdl", "# " + "x".repeat(2 << 20) + "\n");

    assertErrors(1)
        .hasMessageContaining(
            "\n  conf/features/v.yaml:8: 'validation': v.dqdl is longer than 1,048,576 bytes");
  }

  private AbstractThrowableAssert<?, ?> assertErrors(int count) {
    return assertThatThrownBy(conf::load)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith(
            "Cannot use the definitions: " + count + (count == 1 ? " error\n" : " errors\n"));
  }
}
