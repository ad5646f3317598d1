package org.millrace.contracts.ledger;

/** The ledger's names of what belongs to a model: tables, and what is done and is no table. */
public final class LedgerObjects {
  private LedgerObjects() {}

  /** The table of a model's training sets, such as {@code training.late_flight}. */
  public static String trainingSet(String model) {
    return "training." + model;
  }

  /** The table of realised quality by day, such as {@code monitoring.late_flight_quality}. */
  public static String quality(String model) {
    return "monitoring." + model + "_quality";
  }

  /** The candidates of a model; the output version is the registered one. */
  public static String candidate(String model) {
    return "model." + model;
  }

  /** The gate's verdicts on the candidates of a model. */
  public static String verdict(String model) {
    return "gate." + model;
  }

  /** The table of what moves predictions most, by row; claimed, and never entered. */
  public static String explanations(String model) {
    return "explanations." + model;
  }

  /** What people register of a model; claimed, and never entered. */
  public static String registration(String model) {
    return "register." + model;
  }

  /** The gate's verdict on a version that a person named: {@code gate.late_flight/7}. */
  public static String verdict(String model, String version) {
    return verdict(model) + "/" + version;
  }
}
