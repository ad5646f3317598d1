package org.millrace.jobs.score.onnx.trees;

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

  static final String LEAF = "LEAF";

  /** Of {@code BRANCH_LEQ} and the like; null for a leaf or an unknown word. */
  static @Nullable Mode of(String word) {
    for (Mode mode : values()) {
      if (mode != MEMBER && word.equals("BRANCH_" + mode)) {
        return mode;
      }
    }

    return null;
  }
}
