package org.millrace.features.asof;

import java.util.List;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Between Java's lists and the immutable Scala lists that Spark's plans are made of. */
final class ScalaLists {
  private ScalaLists() {}

  static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toList();
  }

  static <T> List<T> list(scala.collection.Seq<T> seq) {
    return List.copyOf(JavaConverters.seqAsJavaList(seq));
  }
}
