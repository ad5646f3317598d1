/**
 * Lineage that could not be delivered because the registry was away: kept as files, delivered
 * later, never twice.
 */
@NullMarked
package org.millrace.registry.outbox;

import org.jspecify.annotations.NullMarked;
