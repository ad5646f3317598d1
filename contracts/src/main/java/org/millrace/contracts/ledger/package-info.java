/** What the ledger says of a partition, and what a commit says of itself. Plain data. */
@NullMarked
package org.millrace.contracts.ledger;

import org.jspecify.annotations.NullMarked;
