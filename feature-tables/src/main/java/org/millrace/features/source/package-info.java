/** What is known of the files of sources without reading them again. Needs no Spark session. */
@NullMarked
package org.millrace.features.source;

import org.jspecify.annotations.NullMarked;
