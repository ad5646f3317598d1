/** What makes the sessions of the SQL server read-only. */
@NullMarked
package org.millrace.jobs.readonly;

import org.jspecify.annotations.NullMarked;
