package org.millrace.jobs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.input.JdbcInput;
import org.millrace.features.spark.SparkSettings;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.millrace.jobs.metastore.MetastoreLogin;

/** Settings of a job's Spark session. Driver only. */
final class JobSettings {
  private JobSettings() {}

  /** Those that every job has. */
  static Map<String, String> settings(Definitions definitions) {
    SparkConf submitted = new SparkConf();
    SparkSettings.requireFree(definitions.platform().spark());
    SparkSettings.requireFree(submitted);
    Map<String, String> settings =
        new LinkedHashMap<>(SparkSettings.of(definitions.platform().lake() + "/warehouse"));
    settings.putAll(
        SparkSettings.ofLocalMode(submitted, Runtime.getRuntime().availableProcessors()));
    return settings;
  }

  /** Those of a job that needs the metastore, or serves it. */
  static Map<String, String> metastore(String lake, boolean isServing) {
    Path path = Path.of(lake);
    return MetastoreAddress.settings(
        path, isServing ? Optional.empty() : MetastoreAddress.server(path));
  }

  /** Locks the metastore that this process is about to serve. */
  static Map<String, String> login() {
    MetastoreLogin login = MetastoreLogin.make();
    login.require();
    return login.settings();
  }

  /** The password of the databases that definitions read, if there is one. */
  static Map<String, String> databases(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("MILLRACE_JDBC_PASSWORD"))
        .map(password -> Map.of(JdbcInput.PASSWORD, password))
        .orElse(Map.of());
  }
}
