/** Session settings that every job shares, and the doors between Java and Spark's Scala types. */
@NullMarked
package org.millrace.features.spark;

import org.jspecify.annotations.NullMarked;
