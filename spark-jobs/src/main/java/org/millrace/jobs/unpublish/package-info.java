/** Takes publications of predictions back. */
@NullMarked
package org.millrace.jobs.unpublish;

import org.jspecify.annotations.NullMarked;
