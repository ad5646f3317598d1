/** Tests of feature tables from source files to visible rows. */
@NullMarked
package org.millrace.jobs.materialize;

import org.jspecify.annotations.NullMarked;
