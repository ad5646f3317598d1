@NullMarked
package org.millrace.registry.outbox;

import org.jspecify.annotations.NullMarked;
