/** Tests of session settings. */
@NullMarked
package org.millrace.features.spark;

import org.jspecify.annotations.NullMarked;
