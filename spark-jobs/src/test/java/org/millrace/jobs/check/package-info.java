/** Tests of `millrace check`. */
@NullMarked
package org.millrace.jobs.check;

import org.jspecify.annotations.NullMarked;
