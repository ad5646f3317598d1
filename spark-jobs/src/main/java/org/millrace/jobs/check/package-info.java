/** What is wrong in definitions, found before a run. Reads schemas; writes nothing. */
@NullMarked
package org.millrace.jobs.check;

import org.jspecify.annotations.NullMarked;
