/**
 * Contenders as processes: started, driven one line at a time over their standard input and output,
 * and measured from outside. Several are alive at once, warm, and take turns; only one works at a
 * time. Nothing here knows what a contender does.
 */
@NullMarked
package org.millrace.bench.run;

import org.jspecify.annotations.NullMarked;
