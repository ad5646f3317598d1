/** Decides on rollouts, from what their stages have shown. */
@NullMarked
package org.millrace.jobs.rollout;

import org.jspecify.annotations.NullMarked;
