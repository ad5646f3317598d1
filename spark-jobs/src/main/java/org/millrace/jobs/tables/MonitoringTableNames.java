package org.millrace.jobs.tables;

/** The tables of a model's monitoring: MONITOR writes them, the report reads them. */
public final class MonitoringTableNames {
  private MonitoringTableNames() {}

  /** Realised quality by day, such as {@code monitoring.late_flight_quality}. */
  public static String quality(String model) {
    return "monitoring." + model + "_quality";
  }

  /** Drift by day and feature, such as {@code monitoring.late_flight_drift}. */
  public static String drift(String model) {
    return "monitoring." + model + "_drift";
  }
}
