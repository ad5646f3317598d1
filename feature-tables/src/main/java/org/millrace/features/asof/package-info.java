/**
 * The as-of join: enriches each spine row with the newest facts that were known at its as-of time,
 * and no later ones. Start at {@link org.millrace.features.asof.AsOfJoin}; the rule stands in
 * {@link org.millrace.features.asof.AsOfView}.
 */
@NullMarked
package org.millrace.features.asof;

import org.jspecify.annotations.NullMarked;
