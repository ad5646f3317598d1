package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.init.InitRequest.FactsWish;
import org.millrace.jobs.init.InitRequest.LabelWish;
import org.millrace.jobs.init.InitRequest.Shape;

/**
 * What a person said on the command line; the texts as they were typed, with files by whole paths.
 *
 * @param askedFrom where the person is, if what is missing may be asked for
 */
public record InitAnswers(
    String name,
    Optional<String> spine,
    List<String> id,
    Optional<String> asOf,
    Optional<String> label,
    Optional<String> labelAfter,
    Optional<Integer> absent,
    Optional<String> positive,
    List<String> facts,
    List<String> events,
    Optional<ZoneId> zone,
    List<String> nulls,
    Optional<Path> askedFrom,
    Path conf,
    Path home) {
  /** Copies the lists. */
  public InitAnswers {
    requireNonNull(name, "name is null");
    id = List.copyOf(id);
    facts = List.copyOf(facts);
    events = List.copyOf(events);
    nulls = List.copyOf(nulls);
  }

  /**
   * What is to be written; what is missing is asked for, if a person is there.
   *
   * @throws MillraceException of category DEFINITION if something is missing or cannot be read
   */
  public InitRequest complete(SparkSession spark, BufferedReader in, PrintStream out) {
    OpenFiles open = new OpenFiles(spark, zone.orElse(ZoneOffset.UTC), nulls);
    Optional<InitQuestions> person =
        askedFrom.map(directory -> new InitQuestions(in, out, open, directory));
    String rows =
        spine.or(() -> person.map(InitQuestions::spine)).orElseThrow(() -> missing("--spine"));
    List<String> names =
        id.isEmpty() ? person.map(of -> of.id(rows)).orElseThrow(() -> missing("--id")) : id;
    String time =
        asOf.or(() -> person.map(of -> of.asOf(rows))).orElseThrow(() -> missing("--as-of"));
    boolean isAsked = person.isPresent() && label.isEmpty();
    String truth =
        label.or(() -> person.map(of -> of.label(rows))).orElseThrow(() -> missing("--label"));
    LabelWish wish = InitText.label(truth);
    Optional<String> after =
        labelAfter.isEmpty() && isAsked ? person.get().labelAfter() : labelAfter;
    List<FactsWish> more = new ArrayList<>();
    List<String> asked =
        isAsked && facts.isEmpty() && events.isEmpty() ? person.get().facts() : facts;
    asked.forEach(text -> more.add(InitText.facts("--facts", text, Shape.FOUND)));
    events.forEach(text -> more.add(InitText.facts("--events", text, Shape.EVENTS)));
    return new InitRequest(
        name,
        rows,
        names,
        time,
        wish,
        after.map(text -> InitText.days("--label-after", text)),
        absent,
        positive,
        more,
        zone,
        nulls,
        conf,
        home);
  }

  private static MillraceException missing(String option) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot write a pipeline without "
            + option
            + ": give --spine FILES --id COLUMN --as-of COLUMN --label FILES:COLUMN, or leave all out on a terminal to be asked");
  }
}
