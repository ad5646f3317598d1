package org.millrace.jobs.metastore;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.SqlServerState.Login;

/**
 * Name and password without which the metastore that a server serves to other jobs cannot be
 * opened. Made anew at each start, kept in memory and in the state file that only the server's own
 * user can read.
 *
 * <p>Placement: driver only.
 *
 * @param login the user whose schema holds Hive's tables, and a password that no person chose
 */
public record MetastoreLogin(Login login) {
  /** Hive's default: the schema of a database that was made without a password. */
  private static final String USER = "APP";

  private static final String USER_SETTING = "javax.jdo.option.ConnectionUserName";
  private static final String PASSWORD_SETTING = "javax.jdo.option.ConnectionPassword";
  private static final int PASSWORD_BYTES = 24;

  /** Checks that it is there. */
  public MetastoreLogin {
    requireNonNull(login, "login is null");
  }

  /** A new one. */
  public static MetastoreLogin make() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new MetastoreLogin(
        new Login(USER, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
  }

  /** The one that a session was started with. */
  public static MetastoreLogin of(SparkSession spark) {
    var settings = spark.sparkContext().hadoopConfiguration();
    return new MetastoreLogin(
        new Login(settings.get(USER_SETTING, ""), settings.get(PASSWORD_SETTING, "")));
  }

  /** Spark's settings of a session that logs in. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.hadoop." + USER_SETTING, login.user());
    settings.put("spark.hadoop." + PASSWORD_SETTING, login.password());
    return settings;
  }

  /**
   * Has Derby ask for it in this process, also of this process itself. Only before Derby is used:
   * it reads its properties when it starts. The database keeps nothing of it.
   */
  public void require() {
    System.setProperty("derby.connection.requireAuthentication", "true");
    System.setProperty("derby.authentication.provider", "BUILTIN");
    System.setProperty("derby.user." + login.user(), login.password());
  }
}
