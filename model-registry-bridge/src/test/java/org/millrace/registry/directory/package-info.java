@NullMarked
package org.millrace.registry.directory;

import org.jspecify.annotations.NullMarked;
