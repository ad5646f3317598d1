package org.millrace.contracts;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be asked for: the commands of {@code millrace} that start a Spark application, and the
 * rooms of that application. Both programs know this one list.
 */
public enum Verb {
  /** All rooms of a pipeline. */
  RUN("Run all rooms for the days, in one Spark application.", Kind.PIPELINE),
  /** What is undone of days that are past, or is to be made again. */
  BACKFILL(
      "Make what is undone of past days, or make it again; nothing is trained.", Kind.PIPELINE),
  /** Raw tables. */
  INGEST("Fill the raw tables with the days' rows.", Kind.ROOM),
  /** Staged features. */
  MATERIALIZE("Compute the days' rows of the feature views and stage them.", Kind.ROOM),
  /** Visible features. */
  VALIDATE("Check staged rows against their rules; make those that pass visible.", Kind.ROOM),
  /** Training sets. */
  TRAINING_SET("Join the spine to the feature tables, as of each row's own time.", Kind.ROOM),
  /** Candidates. */
  TRAIN("Train the model, export it to ONNX and register a version.", Kind.ROOM),
  /** Verdicts and aliases. */
  GATE("Evaluate the candidate; let it become champion, or report why not.", Kind.ROOM),
  /** Staged predictions. */
  SCORE("Score the days with the champion into staged predictions.", Kind.ROOM),
  /** Visible predictions. */
  PUBLISH("Check the staged predictions and make them visible.", Kind.ROOM),
  /** Realised quality and drift. */
  MONITOR("Compare predictions with labels, and features with the training set.", Kind.ROOM),
  /** The page for people. */
  REPORT("Write the HTML report.", Kind.ROOM),
  /** Predictions as they were before. */
  UNPUBLISH(
      "Take the last publication of the days back: readers see the one before, or none.",
      Kind.BY_HAND),
  /** Versions that the platform did not train. */
  REGISTER("Register an ONNX file of yours as a version of the model.", Kind.BY_HAND),
  /** Why a prediction is what it is. */
  EXPLAIN("Show which inputs and facts a published prediction comes from, and why.", Kind.BY_HAND),
  /** Predictions made again and compared. */
  REPLAY(
      "Make published predictions again from what they were made from, and compare.", Kind.BY_HAND),
  /** Verdicts that a person gives. */
  APPROVE("Let a version pass that kept its gate's rules and awaits approval.", Kind.BY_HAND),
  /** Versions that come to score stage by stage. */
  ROLLOUT("Decide how the rollout of a version goes on.", Kind.BY_HAND),
  /** The alias as it was before. */
  ROLLBACK("Give the alias that scores back to an earlier version.", Kind.BY_HAND),
  /** The server for JDBC clients. */
  SQL("Serve tables and views to JDBC clients.", Kind.SERVER),
  /** A join of plain files. */
  ASOF("Join facts to questions, as of each question's own time.", Kind.FILES),
  /** A model over a plain file. */
  SCORE_FILE("Score a file of rows with an ONNX model.", Kind.FILES),
  /** A first pipeline. */
  INIT("Write the definitions of a pipeline from your files.", Kind.DEFINITIONS),
  /** What is known of definitions before a run. */
  CHECK("Find what is wrong in the definitions, before a run does.", Kind.DEFINITIONS),
  /** Rows of a source, view, spine, label or training set, of which nothing is kept. */
  PREVIEW("Show rows of a source, view or spine; nothing is written.", Kind.DEFINITIONS),
  /** The ledger held against all tables. */
  DOCTOR("Hold the ledger against the tables; find what a run left.", Kind.LAKE);

  private final String description;
  private final Kind kind;

  Verb(String description, Kind kind) {
    this.description = description;
    this.kind = kind;
  }

  /** What a verb works on. */
  public enum Kind {
    /** One room of a pipeline, for some days. */
    ROOM,
    /** All rooms of a pipeline, for some days. */
    PIPELINE,
    /** Some days of a pipeline, only if a person asks for it: no run of all rooms passes it. */
    BY_HAND,
    /** The whole lake, until it is ended. */
    SERVER,
    /** Files and tables that its arguments name; no pipeline. */
    FILES,
    /** Definitions and the files that they read; no lake. */
    DEFINITIONS,
    /** The whole lake, once; no pipeline. */
    LAKE
  }

  /** As people type it: {@code training-set}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** One sentence for the help text. */
  public String description() {
    return description;
  }

  /** What it works on. */
  public Kind kind() {
    return kind;
  }

  /** True if it works on the days of a pipeline. */
  public boolean isForDays() {
    return kind == Kind.ROOM || kind == Kind.PIPELINE || kind == Kind.BY_HAND;
  }

  /** True if a definition pins the days that it works on, or all count, so that none is named. */
  public boolean hasOwnDays() {
    return this == TRAINING_SET
        || this == TRAIN
        || this == GATE
        || this == REPORT
        || this == REGISTER
        || this == APPROVE
        || this == ROLLOUT
        || this == ROLLBACK;
  }

  /** True if it scores in bulk: its JVM then gets the vector module. */
  public boolean scores() {
    return switch (this) {
      case RUN, BACKFILL, SCORE, SCORE_FILE, REPLAY -> true;
      default -> false;
    };
  }

  /** True if it gives names to tables and views; the others do not wait for a metastore. */
  public boolean needsMetastore() {
    return kind == Kind.PIPELINE || this == PUBLISH || this == UNPUBLISH || this == SQL;
  }

  /** True if it asks the registry, or tells it what was done. */
  public boolean asksRegistry() {
    return switch (this) {
      case RUN,
          BACKFILL,
          TRAIN,
          GATE,
          SCORE,
          PUBLISH,
          MONITOR,
          UNPUBLISH,
          REGISTER,
          EXPLAIN,
          REPLAY,
          APPROVE,
          ROLLOUT,
          ROLLBACK ->
          true;
      default -> false;
    };
  }

  /** The verb that a word names; empty if there is none. */
  public static Optional<Verb> of(String word) {
    return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst();
  }

  /** The rooms, in the order in which a pipeline passes them. */
  public static List<Verb> rooms() {
    return Arrays.stream(values()).filter(verb -> verb.kind == Kind.ROOM).toList();
  }
}
