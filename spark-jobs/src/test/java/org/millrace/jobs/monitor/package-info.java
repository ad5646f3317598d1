/** Tests of the judgement of published predictions. */
@NullMarked
package org.millrace.jobs.monitor;

import org.jspecify.annotations.NullMarked;
