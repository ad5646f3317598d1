/** Tests of what the rooms say to each other. */
@NullMarked
package org.millrace.contracts;

import org.jspecify.annotations.NullMarked;
