/** Tests of the report. */
@NullMarked
package org.millrace.jobs.report;

import org.jspecify.annotations.NullMarked;
