/** What tests share. */
@NullMarked
package org.millrace.features.testing;

import org.jspecify.annotations.NullMarked;
