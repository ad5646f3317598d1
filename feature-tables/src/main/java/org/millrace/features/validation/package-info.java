/**
 * Validation: the rules of a DQDL file, evaluated by Deequ, and the rules that hold for every
 * feature view, evaluated by ourselves. Start at {@link
 * org.millrace.features.validation.ValidateRows}. Deequ's Scala types stay inside one class.
 */
@NullMarked
package org.millrace.features.validation;

import org.jspecify.annotations.NullMarked;
