/**
 * Child processes: how a Spark job is called, and how a child is watched, so that its exit code
 * comes back and no signal leaves it running.
 */
@NullMarked
package org.millrace.orchestration.launch;

import org.jspecify.annotations.NullMarked;
