/** What the commands on plain files and tables ask of a job: no definition is needed for them. */
@NullMarked
package org.millrace.contracts.files;

import org.jspecify.annotations.NullMarked;
