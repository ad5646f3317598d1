package org.millrace.jobs.tables;

import java.nio.file.Path;
import org.millrace.features.lake.Lake;

/** Where the files beside the tables lie in a lake that is a directory. Driver only. */
public final class LakePlaces {
  private LakePlaces() {}

  /** The lake's own directory. */
  public static Path root(Lake lake) {
    return Path.of(lake.root());
  }

  /** The cache of models' files. */
  public static Path models(Lake lake) {
    return root(lake).resolve("models");
  }

  /** The baselines of training sets. */
  public static Path baselines(Lake lake) {
    return root(lake).resolve("baselines");
  }

  /** Where a model is trained, by one run at a time: executors and trainers reach it. */
  public static Path training(Lake lake, String model) {
    return root(lake).resolve("trainings").resolve(model);
  }

  /** The lineage records that wait for the registry. */
  public static Path outbox(Lake lake) {
    return root(lake).resolve("outbox");
  }

  /**
   * The explanation of a prediction.
   *
   * @param row names the row among those of the day
   */
  public static Path explanation(Lake lake, String model, String day, String row) {
    return root(lake).resolve("explanations").resolve(model).resolve(day).resolve(row + ".json");
  }

  /** The report of a model. */
  public static Path report(Lake lake, String model) {
    return root(lake).resolve("reports").resolve(model + ".html");
  }
}
