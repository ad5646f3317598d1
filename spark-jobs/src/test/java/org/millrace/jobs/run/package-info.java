/** Tests of the rooms of one run, one after the other. */
@NullMarked
package org.millrace.jobs.run;

import org.jspecify.annotations.NullMarked;
