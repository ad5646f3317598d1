package org.millrace.features.validation;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import software.amazon.glue.dqdl.exception.InvalidDataQualityRulesetException;
import software.amazon.glue.dqdl.model.DQRuleset;
import software.amazon.glue.dqdl.parser.DQDLParser;

/**
 * Reads DQDL. The library's parser was made by another ANTLR than Spark brings, which works and is
 * reported on stderr when its classes are first used: four lines that say nothing to whoever wrote
 * the rules, and are left out. Thread-safe.
 */
final class DqdlText {
  private static final DQDLParser PARSER = parser();

  private DqdlText() {}

  /**
   * The rules of a text.
   *
   * @throws InvalidDataQualityRulesetException where it is none
   */
  static DQRuleset parse(String text) throws InvalidDataQualityRulesetException {
    return PARSER.parse(text);
  }

  private static DQDLParser parser() {
    PrintStream stderr = System.err;
    System.setErr(new WithoutAntlr(stderr));
    try {
      DQDLParser parser = new DQDLParser();
      parser.parse("Rules = [ RowCount > 0 ]");
      return parser;
    } catch (InvalidDataQualityRulesetException e) {
      throw new IllegalStateException("Cannot read a rule that is right", e);
    } finally {
      System.setErr(stderr);
    }
  }

  private static final class WithoutAntlr extends PrintStream {
    WithoutAntlr(PrintStream stderr) {
      super(stderr, true, StandardCharsets.UTF_8);
    }

    @Override
    public PrintStream printf(String format, @Nullable Object... values) {
      return format.startsWith("ANTLR ") ? this : super.printf(format, values);
    }
  }
}
