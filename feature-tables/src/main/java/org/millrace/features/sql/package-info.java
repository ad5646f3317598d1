/** What SQL may do that others wrote: definitions, and the statements of JDBC clients. */
@NullMarked
package org.millrace.features.sql;

import org.jspecify.annotations.NullMarked;
