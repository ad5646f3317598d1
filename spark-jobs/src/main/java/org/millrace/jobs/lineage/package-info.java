/** Runs as the model registry shows them, delivered now or, while it is down, later. */
@NullMarked
package org.millrace.jobs.lineage;

import org.jspecify.annotations.NullMarked;
