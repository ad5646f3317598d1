/** Fills raw tables from their sources. */
@NullMarked
package org.millrace.jobs.ingest;

import org.jspecify.annotations.NullMarked;
