/** Computes feature views and stages them. */
@NullMarked
package org.millrace.jobs.materialize;

import org.jspecify.annotations.NullMarked;
