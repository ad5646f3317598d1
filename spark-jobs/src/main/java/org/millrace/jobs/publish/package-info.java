/** Checks staged predictions and makes them visible. */
@NullMarked
package org.millrace.jobs.publish;

import org.jspecify.annotations.NullMarked;
