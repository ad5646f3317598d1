/**
 * Programs that end at any of their steps: what they leave, what the same command makes of it, and
 * a checker of lakes that shares no code with the product.
 */
@NullMarked
package org.millrace.jobs.faults;

import org.jspecify.annotations.NullMarked;
