/**
 * What runs inside the JVM of a contender: the product, and the plain parts it is compared with.
 * {@code ContenderMain} answers the driver's lines; each {@code Work} is one way to do the job.
 */
@NullMarked
package org.millrace.bench.contender;

import org.jspecify.annotations.NullMarked;
