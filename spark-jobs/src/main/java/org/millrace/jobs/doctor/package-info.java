/**
 * {@code millrace doctor --lake} and {@code --publication}: the ledger held against the tables, a
 * lost ledger made again, and what became of a run.
 */
@NullMarked
package org.millrace.jobs.doctor;

import org.jspecify.annotations.NullMarked;
