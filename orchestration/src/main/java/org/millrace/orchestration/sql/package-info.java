/**
 * Queries over Hive JDBC. The driver brings its own Hadoop and Hive, so it runs in a child JVM on
 * Spark's jars and never on the class path of the command.
 */
@NullMarked
package org.millrace.orchestration.sql;

import org.jspecify.annotations.NullMarked;
