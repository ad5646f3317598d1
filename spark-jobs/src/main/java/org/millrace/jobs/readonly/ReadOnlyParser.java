package org.millrace.jobs.readonly;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.millrace.features.sql.StatementGuard;
import scala.collection.Seq;

/**
 * Parses as the parser that it wraps, and refuses what would do more than read: statements of
 * clients, and the texts of views when they are read. The server's own statements, on its own
 * thread, are let through.
 *
 * <p>Placement: driver only. Thread-safe.
 */
final class ReadOnlyParser implements ParserInterface {
  private static final ThreadLocal<Boolean> OWN = ThreadLocal.withInitial(() -> false);

  private final SparkSession session;
  private final ParserInterface parser;

  ReadOnlyParser(SparkSession session, ParserInterface parser) {
    this.session = requireNonNull(session, "session is null");
    this.parser = requireNonNull(parser, "parser is null");
  }

  /** Runs statements of the server itself, which may write. */
  static void own(Runnable statements) {
    OWN.set(true);
    try {
      statements.run();
    } finally {
      OWN.remove();
    }
  }

  @Override
  public LogicalPlan parsePlan(String sql) throws ParseException {
    return judged(parser.parsePlan(sql));
  }

  @Override
  public LogicalPlan parseQuery(String sql) throws ParseException {
    return judged(parser.parseQuery(sql));
  }

  private LogicalPlan judged(LogicalPlan statement) {
    if (OWN.get()) {
      return statement;
    }

    Optional<String> refused =
        StatementGuard.refusal(statement).or(() -> SessionSettings.refusal(session));
    if (refused.isPresent()) {
      throw RefusedStatement.because(refused.get());
    }

    return statement;
  }

  @Override
  public Expression parseExpression(String sql) throws ParseException {
    return parser.parseExpression(sql);
  }

  @Override
  public TableIdentifier parseTableIdentifier(String sql) throws ParseException {
    return parser.parseTableIdentifier(sql);
  }

  @Override
  public FunctionIdentifier parseFunctionIdentifier(String sql) throws ParseException {
    return parser.parseFunctionIdentifier(sql);
  }

  @Override
  public Seq<String> parseMultipartIdentifier(String sql) throws ParseException {
    return parser.parseMultipartIdentifier(sql);
  }

  @Override
  public StructType parseTableSchema(String sql) throws ParseException {
    return parser.parseTableSchema(sql);
  }

  @Override
  public DataType parseDataType(String sql) throws ParseException {
    return parser.parseDataType(sql);
  }
}
