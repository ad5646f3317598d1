@NullMarked
package org.millrace.jobs.rollout;

import org.jspecify.annotations.NullMarked;
