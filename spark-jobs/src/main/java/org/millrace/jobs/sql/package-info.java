/** Serves the tables to JDBC clients. */
@NullMarked
package org.millrace.jobs.sql;

import org.jspecify.annotations.NullMarked;
