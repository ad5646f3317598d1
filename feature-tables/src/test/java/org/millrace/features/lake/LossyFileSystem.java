package org.millrace.features.lake;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under a scheme of their own, so that they get a log store of their own. */
public final class LossyFileSystem extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("lossy:///");
  }
}
