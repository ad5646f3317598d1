/** Tests of what goes through the port to a registry. */
@NullMarked
package org.millrace.contracts.registry;

import org.jspecify.annotations.NullMarked;
