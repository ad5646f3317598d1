/** Tests of definitions: full mapping of the shipped ones, defaults, errors. */
@NullMarked
package org.millrace.contracts.definition;

import org.jspecify.annotations.NullMarked;
