@NullMarked
package org.millrace.registry.mlflow;

import org.jspecify.annotations.NullMarked;
