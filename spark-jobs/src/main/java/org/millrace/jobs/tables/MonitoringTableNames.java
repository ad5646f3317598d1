package org.millrace.jobs.tables;

/** Tables of a model's monitoring that the ledger does not know. */
public final class MonitoringTableNames {
  private MonitoringTableNames() {}

  /** Drift by day and feature, such as {@code monitoring.late_flight_drift}. */
  public static String drift(String model) {
    return "monitoring." + model + "_drift";
  }
}
