/** Tests of queries that are computed night by night. */
@NullMarked
package org.millrace.features.nights;

import org.jspecify.annotations.NullMarked;
