package org.millrace.jobs.init;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.jobs.definition.InitAnswers;

/** What was typed, of which a test changes a part. */
final class TypedAnswers {
  static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private final String name;
  private boolean isNone;
  private ZoneId zone = ZONE;
  private String spine = "loans/*.csv";
  private String id = "Loan ID";
  private String asOf = "applied at";
  private String label = "outcomes.csv:came";
  private Optional<String> labelAfter = Optional.empty();
  private final List<String> facts = new ArrayList<>();
  private final List<String> events = new ArrayList<>();

  TypedAnswers(String name) {
    this.name = name;
  }

  TypedAnswers none() {
    isNone = true;
    return this;
  }

  TypedAnswers zone(String other) {
    zone = ZoneId.of(other);
    return this;
  }

  TypedAnswers spine(String files) {
    spine = files;
    return this;
  }

  TypedAnswers id(String column) {
    id = column;
    return this;
  }

  TypedAnswers asOf(String column) {
    asOf = column;
    return this;
  }

  TypedAnswers label(String text) {
    label = text;
    return this;
  }

  TypedAnswers labelAfter(String text) {
    labelAfter = Optional.of(text);
    return this;
  }

  TypedAnswers facts(String text) {
    facts.add(text);
    return this;
  }

  TypedAnswers events(String text) {
    events.add(text);
    return this;
  }

  InitAnswers in(Path home) {
    String truth = label.contains(":") ? home.resolve(label).toString() : label;
    return new InitAnswers(
        name,
        given(home.resolve(spine).toString()),
        isNone ? List.of() : List.of(id),
        given(asOf),
        given(truth),
        labelAfter,
        Optional.empty(),
        Optional.empty(),
        facts.stream().map(text -> located(home, text)).toList(),
        events.stream().map(text -> located(home, text)).toList(),
        Optional.of(zone),
        List.of(),
        isNone ? Optional.of(home) : Optional.empty(),
        home.resolve("mine"),
        home);
  }

  private static String located(Path home, String text) {
    return JdbcTable.isMeant(text) ? text : home.resolve(text).toString();
  }

  private Optional<String> given(String text) {
    return isNone ? Optional.empty() : Optional.of(text);
  }
}
