/** Tests of what rooms know of tables. */
@NullMarked
package org.millrace.jobs.tables;

import org.jspecify.annotations.NullMarked;
