/** Joins the spine to the views as of each row. */
@NullMarked
package org.millrace.jobs.trainingset;

import org.jspecify.annotations.NullMarked;
