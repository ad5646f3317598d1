@NullMarked
package org.millrace.registry.gate;

import org.jspecify.annotations.NullMarked;
