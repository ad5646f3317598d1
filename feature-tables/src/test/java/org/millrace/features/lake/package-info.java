/** Tests of the lake's tables: real Delta tables, and other processes where writers race. */
@NullMarked
package org.millrace.features.lake;

import org.jspecify.annotations.NullMarked;
