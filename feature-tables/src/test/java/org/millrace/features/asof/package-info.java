/** Tests of the as-of join, against brute force. */
@NullMarked
package org.millrace.features.asof;

import org.jspecify.annotations.NullMarked;
