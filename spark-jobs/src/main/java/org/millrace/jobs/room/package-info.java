/**
 * What a room is, what it is given, and the runner around it. Rooms depend on this package; it
 * knows none of them.
 */
@NullMarked
package org.millrace.jobs.room;

import org.jspecify.annotations.NullMarked;
