/** What a run's failure means: from any throwable to a category and one sentence. */
@NullMarked
package org.millrace.jobs.failure;

import org.jspecify.annotations.NullMarked;
