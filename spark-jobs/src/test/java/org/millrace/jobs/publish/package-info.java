/** Tests of the room that makes predictions visible, and of the one that stages them. */
@NullMarked
package org.millrace.jobs.publish;

import org.jspecify.annotations.NullMarked;
