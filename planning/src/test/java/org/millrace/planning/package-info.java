/** Tests of planning. */
@NullMarked
package org.millrace.planning;

import org.jspecify.annotations.NullMarked;
