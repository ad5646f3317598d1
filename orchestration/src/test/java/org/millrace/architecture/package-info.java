/** The walls of the house: who may use what. */
@NullMarked
package org.millrace.architecture;

import org.jspecify.annotations.NullMarked;
