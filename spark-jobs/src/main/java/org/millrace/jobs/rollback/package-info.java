/** The room that gives an alias back to an earlier version. */
@NullMarked
package org.millrace.jobs.rollback;

import org.jspecify.annotations.NullMarked;
