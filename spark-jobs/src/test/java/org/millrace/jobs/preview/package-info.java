/** Tests of `millrace preview`. */
@NullMarked
package org.millrace.jobs.preview;

import org.jspecify.annotations.NullMarked;
