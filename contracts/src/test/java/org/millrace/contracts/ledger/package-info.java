/** Tests of what the ledger and commits say. */
@NullMarked
package org.millrace.contracts.ledger;

import org.jspecify.annotations.NullMarked;
