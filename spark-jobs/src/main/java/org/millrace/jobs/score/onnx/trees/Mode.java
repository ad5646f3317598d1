package org.millrace.jobs.score.onnx.trees;

import com.google.protobuf.ByteString;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a branch compares a value with its threshold. */
enum Mode {
  LEQ,
  LT,
  GTE,
  GT,
  EQ,
  NEQ,
  MEMBER;

  static final ByteString LEAF = ByteString.copyFromUtf8("LEAF");

  private static final Map<ByteString, Mode> BY_WORD =
      EnumSet.complementOf(EnumSet.of(MEMBER)).stream()
          .collect(
              Collectors.toMap(
                  mode -> ByteString.copyFromUtf8("BRANCH_" + mode), Function.identity()));

  /** Of {@code BRANCH_LEQ} and the like; null for a leaf or an unknown word. */
  static @Nullable Mode of(ByteString word) {
    return BY_WORD.get(word);
  }
}
