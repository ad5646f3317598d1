/** Tests of the room that gives an alias back. */
@NullMarked
package org.millrace.jobs.rollback;

import org.jspecify.annotations.NullMarked;
