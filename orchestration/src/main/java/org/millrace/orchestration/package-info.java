/** See README.md for what lives in this module. */
@NullMarked
package org.millrace.orchestration;

import org.jspecify.annotations.NullMarked;
