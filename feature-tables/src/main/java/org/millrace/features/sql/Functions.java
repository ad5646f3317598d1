package org.millrace.features.sql;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedGenerator;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;
import org.apache.spark.sql.catalyst.expressions.Nondeterministic;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Which functions a query may call: Spark's own, without those that reach out of SQL. Functions of
 * a metastore or a session are refused, because their code is not Spark's. Stateless.
 */
final class Functions {
  private static final Set<String> REFLECTION = Set.of("reflect", "java_method", "try_reflect");

  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range",
          "explode",
          "explode_outer",
          "posexplode",
          "posexplode_outer",
          "inline",
          "inline_outer",
          "stack",
          "json_tuple");

  private static final Set<String> CHANGING =
      Set.of(
          "rand",
          "randn",
          "random",
          "uuid",
          "shuffle",
          "monotonically_increasing_id",
          "spark_partition_id",
          "now",
          "curdate",
          "current_date",
          "current_timestamp",
          "localtimestamp");

  private static final Set<String> CHANGING_TEXTS = Set.of("now", "today", "tomorrow", "yesterday");

  private Functions() {}

  /** What is refused of the functions behind {@code FROM} and {@code LATERAL VIEW}. */
  static Optional<String> tableFunctionRefusal(String name) {
    return TABLE_FUNCTIONS.contains(name.toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of("the table function " + name);
  }

  /** What is refused of an expression in any query. */
  static Optional<String> refusal(Expression expression) {
    if (expression instanceof ExpressionWithUnresolvedIdentifier) {
      return Optional.of("a name by IDENTIFIER(...)");
    }

    if (expression instanceof CallMethodViaReflection) {
      return Optional.of("the function reflect");
    }

    if (expression instanceof UnresolvedGenerator generator) {
      return tableFunctionRefusal(generator.name().unquotedString());
    }

    if (expression instanceof UnresolvedFunction function) {
      String name = function.nameParts().mkString(".");
      boolean isSparks =
          function.nameParts().size() == 1
              && FunctionRegistry.builtin().functionExists(new FunctionIdentifier(name));
      return isSparks && !REFLECTION.contains(name.toLowerCase(Locale.ROOT))
          ? Optional.empty()
          : Optional.of("the function " + name);
    }

    return Optional.empty();
  }

  /** What makes a result differ when the same SQL runs again over the same rows. */
  static Optional<String> changeRefusal(Expression expression) {
    if (expression instanceof UnresolvedFunction function) {
      String name = function.nameParts().mkString(".");
      String plain = name.toLowerCase(Locale.ROOT);
      boolean isClock = plain.equals("unix_timestamp") && function.arguments().isEmpty();
      return CHANGING.contains(plain) || isClock ? changing(name) : Optional.empty();
    }

    if (expression instanceof UnresolvedAttribute column) {
      // without parentheses too, unless there is a column of that name
      String name = column.nameParts().mkString(".");
      return CHANGING.contains(name.toLowerCase(Locale.ROOT)) ? changing(name) : Optional.empty();
    }

    if (expression instanceof Cast cast) {
      return changeRefusal(cast);
    }

    return expression instanceof CurrentDate
            || expression instanceof CurrentTimestampLike
            || expression instanceof LocalTimestamp
            || expression instanceof Nondeterministic
        ? changing(expression.prettyName())
        : Optional.empty();
  }

  private static Optional<String> changeRefusal(Cast cast) {
    boolean isTime =
        cast.dataType() instanceof DateType
            || cast.dataType() instanceof TimestampType
            || cast.dataType() instanceof TimestampNTZType;
    if (!isTime || !(cast.child() instanceof Literal literal)) {
      return Optional.empty();
    }

    String text = String.valueOf(literal.value());
    String word = text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
    return CHANGING_TEXTS.contains(word) ? changing("'" + text + "' as a time") : Optional.empty();
  }

  private static Optional<String> changing(String name) {
    return Optional.of(name + ", which gives another result when a day is computed again");
  }
}
