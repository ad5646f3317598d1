/** Tests of what is found in the rows of sources. */
@NullMarked
package org.millrace.jobs.source;

import org.jspecify.annotations.NullMarked;
