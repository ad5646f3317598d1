/** Tests of the windowed aggregates, against brute force. */
@NullMarked
package org.millrace.features.window;

import org.jspecify.annotations.NullMarked;
