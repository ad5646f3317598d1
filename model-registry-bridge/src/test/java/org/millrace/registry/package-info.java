@NullMarked
package org.millrace.registry;

import org.jspecify.annotations.NullMarked;
