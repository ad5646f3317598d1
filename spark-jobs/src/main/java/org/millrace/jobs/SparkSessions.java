package org.millrace.jobs;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Where a job's Spark session comes from and goes to. Driver only. */
interface SparkSessions {
  /** A session of the process's own, which ends with the job. */
  SparkSessions OWN =
      new SparkSessions() {
        @Override
        public SparkSession open(String name, Map<String, String> settings) {
          SparkSession.Builder builder = SparkSession.builder().appName("millrace " + name);
          settings.forEach(builder::config);
          return builder.getOrCreate();
        }

        @Override
        public void close(SparkSession spark) {
          spark.stop();
        }
      };

  /** A session with settings; jobs have the name in Spark's UI. */
  SparkSession open(String name, Map<String, String> settings);

  /** Gives back what {@link #open} gave. */
  void close(SparkSession spark);
}
