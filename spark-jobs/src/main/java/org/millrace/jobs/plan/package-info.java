/** Makes plans from a lake and its registry, without a Spark session. Writes nothing. */
@NullMarked
package org.millrace.jobs.plan;

import org.jspecify.annotations.NullMarked;
