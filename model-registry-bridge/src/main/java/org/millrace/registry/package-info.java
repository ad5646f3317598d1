/** See README.md for what lives in this module. */
@NullMarked
package org.millrace.registry;

import org.jspecify.annotations.NullMarked;
