package org.millrace.bench;

import java.io.IOException;
import java.util.List;
import org.millrace.bench.report.Report;

/** Something that {@code bin/bench asof} measures. Driver only. */
interface AsOfWorkload {

  /** As in ratios and on the command line. */
  String word();

  /** Whether it is measured where no workload is named. */
  boolean isUsual();

  /**
   * Lets us and the peers take turns.
   *
   * @param peers to compare with, instead of the workload's own; those that it does not know are
   *     passed over
   */
  Report run(Stage stage, List<String> peers) throws IOException;
}
