package org.millrace.jobs;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.planning.Treatment;
import picocli.CommandLine.Option;

/** What is asked of a run, or of its plan, beside pipeline and days. */
final class PlanArguments {
  @Option(names = "--select")
  private String select = "";

  @Option(names = "--failed", split = ",")
  private Set<String> failed = Set.of();

  @Option(names = "--catch-up")
  private boolean catchUp;

  @Option(names = "--max-days")
  private @Nullable Integer mostDays;

  @Option(names = "--restate")
  private List<String> restated = List.of();

  @Option(names = "--treat-as")
  private List<String> treated = List.of();

  @Option(names = "--as-was")
  private boolean asWas;

  /**
   * The options.
   *
   * @param isBackfill whether nothing is trained
   */
  PlanOptions options(boolean isBackfill) {
    return new PlanOptions(
        select,
        failed,
        catchUp,
        mostDays == null ? OptionalInt.empty() : OptionalInt.of(mostDays),
        isBackfill,
        restated,
        treated.stream().map(Treatment::parse).toList(),
        asWas ? Champions.AS_WAS : Champions.NOW);
  }
}
