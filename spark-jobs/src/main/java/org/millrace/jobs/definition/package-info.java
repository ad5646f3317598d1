/** Definitions looked at without a lake: what `check` and `preview` share. */
@NullMarked
package org.millrace.jobs.definition;

import org.jspecify.annotations.NullMarked;
