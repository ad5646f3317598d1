/** Tests of plans. */
@NullMarked
package org.millrace.jobs.plan;

import org.jspecify.annotations.NullMarked;
