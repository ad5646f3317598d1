/** Staged rows: output of one attempt that waits for its audit. */
@NullMarked
package org.millrace.features.staging;

import org.jspecify.annotations.NullMarked;
