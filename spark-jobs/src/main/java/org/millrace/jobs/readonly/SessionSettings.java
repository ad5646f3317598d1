package org.millrace.jobs.readonly;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.millrace.features.sql.StatementGuard;
import scala.Tuple2;
import scala.collection.Iterator;

/**
 * Compares a client's session with what the server was started with. A client can put settings into
 * the address that it connects to, without any SET statement. Stateless; driver only.
 */
final class SessionSettings {
  // what Hive's session keeps there, the version that Spark pretends to have, what Delta sets
  // itself, and the options of JVMs, which Spark adds to as it starts and no session can change
  private static final Pattern HARMLESS =
      Pattern.compile(
          "_?hive\\..*|spark\\.sql\\.hive\\.version|spark\\.sql\\.parquet\\.fieldId\\..*"
              + "|spark\\.(driver|executor)\\.extraJavaOptions|[^.]+");

  private SessionSettings() {}

  /** Settings that a client changed and must not; empty if there are none. */
  static Optional<String> refusal(SparkSession session) {
    SparkConf server = session.sparkContext().conf();
    List<String> refused = new ArrayList<>();
    Iterator<Tuple2<String, String>> settings =
        session.sessionState().conf().getAllConfs().iterator();
    while (settings.hasNext()) {
      Tuple2<String, String> setting = settings.next();
      String name = setting._1();
      boolean isAllowed =
          HARMLESS.matcher(name).matches()
              || StatementGuard.SETTINGS.contains(name)
              || setting._2().equals(server.get(name, ""));
      if (!isAllowed) {
        refused.add(name);
      }
    }

    return refused.isEmpty()
        ? Optional.empty()
        : Optional.of("settings in the address of its connection " + refused);
  }
}
