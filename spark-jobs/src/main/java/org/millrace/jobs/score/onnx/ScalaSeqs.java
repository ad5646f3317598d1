package org.millrace.jobs.score.onnx;

import java.util.List;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Lists of Java as sequences of Scala, and back; copies, for the converters make live views. */
final class ScalaSeqs {
  private ScalaSeqs() {}

  static <T> Seq<T> of(List<? extends T> list) {
    return JavaConverters.<T>asScalaBuffer(List.copyOf(list)).toList();
  }

  static <T> List<T> list(Seq<T> seq) {
    return List.copyOf(JavaConverters.seqAsJavaList(seq));
  }
}
