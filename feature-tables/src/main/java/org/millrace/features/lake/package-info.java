/**
 * Tables of the lake: where they lie, how a version is pinned, how days are replaced in one commit,
 * and the ledger of what was done.
 */
@NullMarked
package org.millrace.features.lake;

import org.jspecify.annotations.NullMarked;
