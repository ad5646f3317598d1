/**
 * The whole platform as its users start it: {@code bin/millrace} in processes of its own, on the
 * shipped definitions and data, with a real MLflow server and real JDBC connections. The tests
 * share one lake, made by the first of them.
 */
@NullMarked
package org.millrace.orchestration.it;

import org.jspecify.annotations.NullMarked;
