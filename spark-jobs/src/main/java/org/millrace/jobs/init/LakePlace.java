package org.millrace.jobs.init;

import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.definition.Definitions;

/** Where the tables of a new directory of definitions are: apart from those of others. */
final class LakePlace {
  private LakePlace() {}

  /** As a definition names it, from the home on if it is in there. */
  static String of(InitRequest request, Optional<Definitions> defined) {
    if (defined.isPresent()) {
      return defined.get().platform().lake();
    }

    Path conf = request.conf();
    if (conf.equals(request.home().resolve("conf"))) {
      return ".millrace/lake";
    }

    return conf.startsWith(request.home())
        ? ".millrace/lakes/" + request.home().relativize(conf).toString().replace('/', '-')
        : conf.resolveSibling(conf.getFileName() + "-lake").toString();
  }
}
