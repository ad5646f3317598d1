/** Fault points as tests plan them inside their own JVM. */
@NullMarked
package org.millrace.contracts;

import org.jspecify.annotations.NullMarked;
