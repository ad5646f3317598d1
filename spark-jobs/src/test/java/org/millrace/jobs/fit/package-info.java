/** Tests of what Spark fits and exports. */
@NullMarked
package org.millrace.jobs.fit;

import org.jspecify.annotations.NullMarked;
