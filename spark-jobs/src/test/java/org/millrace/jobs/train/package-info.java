/** Tests of the training room. */
@NullMarked
package org.millrace.jobs.train;

import org.jspecify.annotations.NullMarked;
