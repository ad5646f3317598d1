/** Tests of plans as people read them. */
@NullMarked
package org.millrace.orchestration.plan;

import org.jspecify.annotations.NullMarked;
