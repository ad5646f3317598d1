/** Tests of the measures, against numbers worked out by hand or by another library. */
@NullMarked
package org.millrace.jobs.evaluate;

import org.jspecify.annotations.NullMarked;
