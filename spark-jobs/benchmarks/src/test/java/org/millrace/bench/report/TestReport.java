package org.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.bench.report.Figures.Agreement;
import org.millrace.bench.run.Series.Spread;

final class TestReport {
  private final Figures ours = figures("millrace", 6, 0.3, Agreement.EQUAL);
  private final Figures scan = figures("scan", 12, 0.1, Agreement.NONE);
  private final Figures ort = figures("ort", 12, 0.2, Agreement.EQUAL);

  @Test
  void theLimitIsOneStepAfterTheOther() {
    Figures limit = Figures.inSequence("limit", scan, ort);

    assertThat(limit.throughput().median()).isCloseTo(6, within(1e-9));
    assertThat(limit.cpu().median()).isCloseTo(0.3, within(1e-9));
    assertThat(limit.agreement()).isEqualTo(Agreement.NONE);
  }

  @Test
  void ratiosAreOursOverThePeers() {
    assertThat(Ratio.of("scoring.mlp", ours, ort).stream().map(Ratio::line))
        .containsExactly(
            "RATIO scoring.mlp millrace/ort 0.500", "RATIO scoring.mlp millrace-cpu/ort 1.500");
  }

  @Test
  void noRatioIsToldOfCpuBelowTheTick() {
    Figures quick = figures("quick", 1, 0, Agreement.EQUAL);

    assertThat(Ratio.of("scoring.mlp", ours, quick).stream().map(Ratio::pair))
        .containsExactly("millrace/quick");
  }

  @Test
  void noRatioIsToldOfOtherOutputs() {
    Figures wrong = figures("peer", 1, 1, Agreement.DIFFERENT);

    assertThat(Ratio.of("scoring.mlp", ours, wrong)).isEmpty();
    assertThat(Ratio.of("scoring.mlp", wrong, ort)).isEmpty();
  }

  @Test
  void theTableNamesWhatIsMissing() {
    Report report =
        new Report(
            "scoring.mlp",
            "mlp: a title",
            List.of(ours, ort),
            Ratio.of("scoring.mlp", ours, ort),
            Map.of("polars", "no Python"));

    assertThat(report.markdown())
        .contains("### mlp: a title\n")
        .contains("| millrace | 4,000,000 | 6.00 | 3.00 to 12.0 | 0.300 | ")
        .contains("| yes | 0.500x | 1.50x |  |\n")
        .endsWith("\n- without polars: no Python\n");
  }

  @Test
  void threeDigitsAreShown() {
    assertThat(Report.significant(123.4)).isEqualTo("123");
    assertThat(Report.significant(12.34)).isEqualTo("12.3");
    assertThat(Report.significant(1.234)).isEqualTo("1.23");
    assertThat(Report.significant(0.1234)).isEqualTo("0.123");
  }

  private static Figures figures(String name, double speed, double cpu, Agreement agreement) {
    return new Figures(
        name,
        4_000_000,
        new Spread(speed, speed / 2, speed * 2),
        new Spread(cpu, cpu, cpu),
        agreement,
        Map.of());
  }
}
