package org.millrace.jobs.score.onnx.trees;

/**
 * Where one column of the trees' input comes from.
 *
 * @param input name of an input of the model
 * @param position element of that input's row, from 0
 */
public record FeatureSource(String input, int position) {}
