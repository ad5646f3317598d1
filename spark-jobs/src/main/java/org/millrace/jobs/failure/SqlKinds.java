package org.millrace.jobs.failure;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.millrace.contracts.ErrorCategory;

/** The SQL of definitions: what its values do at run time, and what Spark cannot analyse. */
final class SqlKinds {
  private static final Pattern FRAGMENT =
      Pattern.compile("== SQL.*==\\n([^\\n]+)\\n\\^", Pattern.MULTILINE);
  private static final String GENERATED =
      "org.apache.spark.sql.catalyst.expressions.GeneratedClass";

  static final List<Kind> ALL =
      List.of(
          new Kind(
              SqlKinds::isOfValues,
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot compute the rows of a definition's SQL: "
                      + Wording.plain(cause.message())
                      + cause.find(FRAGMENT, 1).map(text -> " in " + text.strip()).orElse("")
                      + "; mend the data, or the SQL so that it takes such values"),
          new Kind(
              SqlKinds::isOfAnalysis,
              ErrorCategory.DEFINITION,
              (cause, chain) ->
                  "Cannot run the SQL of a definition: "
                      + Wording.plain(cause.message())
                      + "; mend the SQL, or the names of its inputs and columns"));

  private SqlKinds() {}

  /** SQL state class 22 is "data exception", 21 is "cardinality violation". */
  private static boolean isOfValues(Cause cause) {
    String state =
        cause.throwable().orElse(null) instanceof SparkThrowable spark
                && spark.getSqlState() != null
            ? spark.getSqlState()
            : "";
    boolean analysed = cause.throwable().filter(AnalysisException.class::isInstance).isEmpty();
    return (analysed && (state.startsWith("22") || state.startsWith("21")))
        || cause.isOneOf(
            "SparkArithmeticException",
            "SparkDateTimeException",
            "SparkNumberFormatException",
            "SparkArrayIndexOutOfBoundsException",
            "ArithmeticException")
        || cause.isError(
            "DIVIDE_BY_ZERO",
            "CAST_INVALID_INPUT",
            "CAST_OVERFLOW",
            "ARITHMETIC_OVERFLOW",
            "NUMERIC_VALUE_OUT_OF_RANGE",
            "USER_RAISED_EXCEPTION")
        || isRaised(cause);
  }

  /** {@code raise_error} and {@code assert_true}: a bare exception out of generated code. */
  private static boolean isRaised(Cause cause) {
    if (cause.throwable().isEmpty() || !cause.type().equals(RuntimeException.class.getName())) {
      return false;
    }

    StackTraceElement[] trace = cause.throwable().get().getStackTrace();
    return trace.length > 0
        && (trace[0].getClassName().startsWith(GENERATED)
            || trace[0].getClassName().contains("RaiseError"));
  }

  private static boolean isOfAnalysis(Cause cause) {
    return cause.throwable().filter(AnalysisException.class::isInstance).isPresent()
        || cause.isOneOf("AnalysisException", "ExtendedAnalysisException", "ParseException");
  }
}
