/** Tests of the reader of inputs, on files as people have them. */
@NullMarked
package org.millrace.features.input;

import org.jspecify.annotations.NullMarked;
