/** Rows of one source, view, spine, label or training set on the screen. Writes nothing. */
@NullMarked
package org.millrace.jobs.preview;

import org.jspecify.annotations.NullMarked;
