/**
 * The ledger: what was done, held against what the tables hold. There is no other notion of "done".
 */
@NullMarked
package org.millrace.features.ledger;

import org.jspecify.annotations.NullMarked;
