/**
 * What is undone and why: pure functions of definitions, ledger and request. Rooms, {@code millrace
 * plan} and {@code millrace status} ask here, so that there is one notion of it. No Spark, no
 * storage, no clock.
 */
@NullMarked
package org.millrace.planning;

import org.jspecify.annotations.NullMarked;
