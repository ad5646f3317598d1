/** Compares predictions with what came true. */
@NullMarked
package org.millrace.jobs.monitor;

import org.jspecify.annotations.NullMarked;
