/** Tests of this room. */
@NullMarked
package org.millrace.features.ledger;

import org.jspecify.annotations.NullMarked;
