/** Tests of this room. */
@NullMarked
package org.millrace.features.lease;

import org.jspecify.annotations.NullMarked;
