/** See README.md for what lives in this module. */
@NullMarked
package org.millrace.features;

import org.jspecify.annotations.NullMarked;
