package org.millrace.jobs.model;

import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.room.Progress;

/**
 * Resolves a pipeline with the views of the versions that score: they are made each night, and
 * joined for the next training set, also if the training definition no longer names them. Who
 * scores is what the lake's cache of models remembers of the last run that asked the registry, so
 * that no registry is asked here. Driver only; stateless.
 */
public final class ViewsInUse {
  private ViewsInUse() {}

  /**
   * The pipeline of a program.
   *
   * @param cache of the lake
   * @param progress is told if what is remembered cannot be used; the pipeline is then that of the
   *     training definition, and whoever scores asks the registry
   * @throws MillraceException of category DEFINITION if a definition is missing
   */
  public static Pipeline pipeline(
      Definitions definitions, String name, ModelCache cache, Progress progress) {
    Pipeline plain = Pipeline.of(definitions, name);
    try {
      List<String> views = new ArrayList<>();
      for (String alias : List.of(plain.scoring().alias(), ModelCache.CHALLENGER)) {
        cache
            .remembered(name, alias)
            .map(version -> new ModelContracts(plain, cache).cached(version))
            .ifPresent(contract -> views.addAll(views(contract)));
      }

      return views.isEmpty() ? plain : Pipeline.of(definitions, name, views);
    } catch (MillraceException e) {
      progress.say(
          "champion",
          "the views of "
              + name
              + "@"
              + plain.scoring().alias()
              + " are unknown here until it is asked for again: "
              + e.getMessage());
      return plain;
    }
  }

  private static List<String> views(ModelContract contract) {
    return contract.views().stream().map(ModelContract.View::name).toList();
  }
}
