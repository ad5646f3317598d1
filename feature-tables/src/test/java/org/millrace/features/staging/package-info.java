/** Tests of this room. */
@NullMarked
package org.millrace.features.staging;

import org.jspecify.annotations.NullMarked;
