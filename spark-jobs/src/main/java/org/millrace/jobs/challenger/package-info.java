/** Versions that score beside the champion: what was decided on them, and who scores which rows. */
@NullMarked
package org.millrace.jobs.challenger;

import org.jspecify.annotations.NullMarked;
