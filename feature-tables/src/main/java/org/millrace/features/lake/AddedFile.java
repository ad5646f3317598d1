package org.millrace.features.lake;

import java.util.function.Supplier;
import org.apache.spark.sql.delta.actions.AddFile;
import org.jspecify.annotations.Nullable;

/**
 * A data file as Delta reads it, made when it is first asked for: most readers of a log do not ask.
 * Thread-safe.
 */
final class AddedFile {
  private @Nullable Supplier<AddFile> source;
  private @Nullable AddFile file;

  AddedFile(Supplier<AddFile> source) {
    this.source = source;
  }

  synchronized AddFile get() {
    AddFile made = file;
    if (made == null && source != null) {
      made = source.get();
      file = made;
      source = null;
    }

    if (made == null) {
      throw new IllegalStateException("Cannot make a file of the log: it has no source");
    }

    return made;
  }
}
