/** Tests of validation, on real data that fails. */
@NullMarked
package org.millrace.features.validation;

import org.jspecify.annotations.NullMarked;
