package org.millrace.jobs.readonly;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * The extension of Spark that makes all sessions of a server read-only. It has to be the last one
 * in {@code spark.sql.extensions}: the last parser sees a statement first, and Delta's own
 * statements never reach a parser before Delta's.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class ReadOnlySql extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  private static final String EXTENSIONS = "spark.sql.extensions";

  /** Called by Spark, by the name of the class. */
  public ReadOnlySql() {}

  /**
   * Settings of a session that serves read-only, to be put over all others.
   *
   * @param settings those that the session would have had
   */
  public static Map<String, String> settings(Map<String, String> settings) {
    Map<String, String> more = new LinkedHashMap<>();
    String others = settings.getOrDefault(EXTENSIONS, "");
    String own = ReadOnlySql.class.getName();
    more.put(EXTENSIONS, others.isEmpty() ? own : others + "," + own);
    // a client's settings must not become the server's
    more.put("spark.sql.hive.thriftServer.singleSession", "false");
    // ${env:NAME} in a statement would read the server's environment
    more.put("spark.sql.variable.substitute", "false");
    // SELECT ... FROM text.`/etc/passwd`
    more.put("spark.sql.runSQLOnFiles", "false");
    return more;
  }

  /** True if the session refuses what does more than read. */
  public static boolean guards(SparkSession session) {
    return session.sessionState().sqlParser() instanceof ReadOnlyParser;
  }

  /** Runs statements of the server itself, which may write, on this thread. */
  public static void own(Runnable statements) {
    ReadOnlyParser.own(statements);
  }

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectParser(new Wrapping());
    return BoxedUnit.UNIT;
  }

  private static final class Wrapping
      extends AbstractFunction2<SparkSession, ParserInterface, ParserInterface> {
    @Override
    public ParserInterface apply(SparkSession session, ParserInterface parser) {
      return new ReadOnlyParser(session, parser);
    }
  }
}
