package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import org.millrace.planning.Treatment;
import picocli.CommandLine.Option;

/** How changes of definitions are treated. */
final class TreatOption {
  @Option(
      names = "--treat-as",
      paramLabel = "OBJECT=HOW",
      description =
          "How a change of its definition is treated, whatever the plan takes it for: forward-only"
              + " leaves the days that an earlier definition made, and what reads them; additive"
              + " makes them again, and leaves what reads them; may be repeated.")
  List<String> treated = List.of();

  /**
   * The program's arguments.
   *
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if one is not written
   *     as it must be
   */
  List<String> arguments() {
    List<String> words = new ArrayList<>();
    for (String text : treated) {
      Treatment.parse(text);
      words.addAll(List.of("--treat-as", text));
    }

    return words;
  }
}
