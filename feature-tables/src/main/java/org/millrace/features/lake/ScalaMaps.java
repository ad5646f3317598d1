package org.millrace.features.lake;

import java.util.Map;
import scala.Tuple2;

/** Immutable maps as Scala has them. */
public final class ScalaMaps {
  private ScalaMaps() {}

  /** A copy. */
  public static scala.collection.immutable.Map<String, String> of(Map<String, String> map) {
    scala.collection.immutable.Map<String, String> copy =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    for (Map.Entry<String, String> entry : map.entrySet()) {
      copy = copy.$plus(new Tuple2<>(entry.getKey(), entry.getValue()));
    }

    return copy;
  }
}
