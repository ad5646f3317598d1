/** Decides whether a candidate becomes champion. */
@NullMarked
package org.millrace.jobs.gate;

import org.jspecify.annotations.NullMarked;
