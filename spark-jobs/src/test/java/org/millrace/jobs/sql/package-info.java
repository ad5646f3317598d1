/** Tests of the SQL server, by Hive's own driver. */
@NullMarked
package org.millrace.jobs.sql;

import org.jspecify.annotations.NullMarked;
