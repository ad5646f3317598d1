package org.millrace.features.asof;

import java.util.List;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Between Java's lists and the immutable Scala lists that Spark's plans are made of. */
public final class ScalaLists {
  private ScalaLists() {}

  /** A copy as a Scala list. */
  public static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toList();
  }

  /** A copy as a Java list. */
  public static <T> List<T> list(scala.collection.Seq<T> seq) {
    return List.copyOf(JavaConverters.seqAsJavaList(seq));
  }
}
