/**
 * What rooms say to each other through the lake: names of tables and ledger objects, columns and
 * their comments, which days are still to be done. A room uses this package, never another room.
 */
@NullMarked
package org.millrace.jobs.tables;

import org.jspecify.annotations.NullMarked;
