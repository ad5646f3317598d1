/** Runs the Python tests of {@code dags/} as part of the build. */
@NullMarked
package org.millrace.orchestration.dags;

import org.jspecify.annotations.NullMarked;
