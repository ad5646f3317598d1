/** Tests of the room that registers models of people's own. */
@NullMarked
package org.millrace.jobs.register;

import org.jspecify.annotations.NullMarked;
