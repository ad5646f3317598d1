/** Runs the rooms of some days in one application. */
@NullMarked
package org.millrace.jobs.run;

import org.jspecify.annotations.NullMarked;
