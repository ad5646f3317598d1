package org.millrace.jobs.init;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.definition.InitAnswers;
import org.millrace.jobs.init.InitRequest.FactsFiles;
import org.millrace.jobs.init.InitRequest.LabelFiles;
import org.millrace.jobs.init.InitRequest.Shape;

/** Makes of what was typed what is to be written. Driver only. */
public final class CompleteAnswers {
  private CompleteAnswers() {}

  /**
   * What is to be written; what is missing is asked for, if a person is there.
   *
   * @throws MillraceException of category DEFINITION if something is missing or cannot be read
   */
  public static InitRequest complete(
      InitAnswers given, SparkSession spark, BufferedReader in, PrintStream out) {
    if (given.absent().filter(value -> value != 0 && value != 1).isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --label-absent %d: expected 0 or 1".formatted(given.absent().get()));
    }

    OpenFiles open = new OpenFiles(spark, given.zone().orElse(ZoneOffset.UTC), given.nulls());
    Optional<InitQuestions> person =
        given.askedFrom().map(directory -> new InitQuestions(in, out, open, directory));
    String rows =
        given
            .spine()
            .or(() -> person.map(InitQuestions::spine))
            .orElseThrow(() -> missing("--spine"));
    List<String> names =
        given.id().isEmpty()
            ? person.map(of -> of.id(rows)).orElseThrow(() -> missing("--id"))
            : given.id();
    String time =
        given
            .asOf()
            .or(() -> person.map(of -> of.asOf(rows)))
            .orElseThrow(() -> missing("--as-of"));
    boolean isAsked = person.isPresent() && given.label().isEmpty();
    String truth =
        given
            .label()
            .or(() -> person.map(of -> of.label(rows)))
            .orElseThrow(() -> missing("--label"));
    LabelFiles answer = InitText.label(truth);
    Optional<String> after =
        given.labelAfter().isEmpty() && isAsked ? person.get().labelAfter() : given.labelAfter();
    List<FactsFiles> more = new ArrayList<>();
    List<String> asked =
        isAsked && given.facts().isEmpty() && given.events().isEmpty()
            ? person.get().facts()
            : given.facts();
    asked.forEach(text -> more.add(InitText.facts("--facts", text, Shape.FOUND)));
    given.events().forEach(text -> more.add(InitText.facts("--events", text, Shape.EVENTS)));
    requireDistinct(more);
    return new InitRequest(
        given.name(),
        rows,
        names,
        time,
        answer,
        after.map(text -> InitText.days("--label-after", text)),
        given.absent(),
        given.positive(),
        more,
        given.zone(),
        given.nulls(),
        given.conf(),
        given.home());
  }

  /** Two views of the same rows by the same keys would give each feature twice. */
  private static void requireDistinct(List<FactsFiles> facts) {
    Set<List<Object>> seen = new HashSet<>();
    for (FactsFiles files : facts) {
      if (!seen.add(List.of(files.location(), files.keys()))) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot use %s twice by the same keys: give it once, with --facts or with --events"
                .formatted(files.location()));
      }
    }
  }

  private static MillraceException missing(String option) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot write a pipeline without "
            + option
            + ": give --spine FILES --id COLUMN --as-of COLUMN --label FILES:COLUMN, or leave all out on a terminal to be asked");
  }
}
