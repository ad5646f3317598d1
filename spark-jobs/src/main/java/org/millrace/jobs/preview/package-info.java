/** Rows of one source, view or spine on the screen. Writes nothing. */
@NullMarked
package org.millrace.jobs.preview;

import org.jspecify.annotations.NullMarked;
