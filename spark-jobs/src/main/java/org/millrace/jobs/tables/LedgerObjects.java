package org.millrace.jobs.tables;

/** The ledger's names of what is done and is no table. */
public final class LedgerObjects {
  private LedgerObjects() {}

  /** The candidates of a model; the output version is the registered one. */
  public static String candidate(String model) {
    return "model." + model;
  }

  /** The gate's verdicts on the candidates of a model. */
  public static String verdict(String model) {
    return "gate." + model;
  }
}
