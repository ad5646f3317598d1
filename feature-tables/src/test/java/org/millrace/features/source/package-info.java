/** Tests of what is known of sources. */
@NullMarked
package org.millrace.features.source;

import org.jspecify.annotations.NullMarked;
