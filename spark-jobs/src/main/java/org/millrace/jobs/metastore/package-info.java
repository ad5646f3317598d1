/** The metastore: how people and JDBC clients find the lake's tables and views. */
@NullMarked
package org.millrace.jobs.metastore;

import org.jspecify.annotations.NullMarked;
