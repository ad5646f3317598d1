@NullMarked
package org.millrace.registry.rollout;

import org.jspecify.annotations.NullMarked;
