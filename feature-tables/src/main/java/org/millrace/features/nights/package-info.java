/** The SQL of a definition as each night computes it, for one night or many in one plan. */
@NullMarked
package org.millrace.features.nights;

import org.jspecify.annotations.NullMarked;
