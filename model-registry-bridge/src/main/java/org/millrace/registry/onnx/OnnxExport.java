package org.millrace.registry.onnx;

import static org.millrace.registry.onnx.OnnxGraph.CORE;
import static org.millrace.registry.onnx.OnnxGraph.ML;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.registry.ModelPackage;

/**
 * Makes ONNX models of trees and of linear models, with the encoding of their columns inside: named
 * columns in, one {@code score} (float32) out: the probability of label 1, a number, or a
 * probability for each class. Same arguments, same bytes. Stateless.
 */
public final class OnnxExport {
  private static final String ENCODED = "encode/row";

  /** What becomes of the margin, the sum of the model's parts. */
  public enum Link {
    /** The score is the sigmoid of the margin. */
    LOGIT,
    /** The score is the margin. */
    IDENTITY
  }

  private OnnxExport() {}

  /**
   * Boosted trees: the score is the link of {@code marginFactor * margin}.
   *
   * @param marginFactor of the trainer's link, such as 2 for Spark's logistic loss
   * @param properties written into the model as its metadata
   */
  public static byte[] trees(
      FeatureEncoding encoding,
      TreeEnsemble ensemble,
      Link link,
      double marginFactor,
      Map<String, String> properties) {
    OnnxGraph graph = new OnnxGraph("boosted_trees");
    List<String> columns = numericRow(graph, encoding);
    columns.addAll(codes(graph, encoding));
    String row = concat(graph, columns, ENCODED);
    String margin =
        graph.node(
            ML,
            "TreeEnsembleRegressor",
            List.of(row),
            margin(link, "trees/margin"),
            TreeAttributes.of(ensemble, marginFactor));
    return finish(graph, encoding, link, margin, properties);
  }

  /**
   * A linear model: the score is the link of the margin.
   *
   * @param properties written into the model as its metadata
   */
  public static byte[] linear(LinearModel model, Link link, Map<String, String> properties) {
    FeatureEncoding encoding = model.encoding();
    OnnxGraph graph = new OnnxGraph("linear");
    List<String> terms = new ArrayList<>();
    for (String numeric : numericRow(graph, encoding)) {
      terms.add(weighed(graph, List.of(model), numeric));
    }

    terms.addAll(codes(graph, encoding));
    terms.add(graph.constant("linear/intercept", List.of((float) model.intercept()), 1));
    String margin = terms.get(0);
    for (int term = 1; term < terms.size(); term++) {
      String sum = "linear/sum" + term;
      margin =
          graph.node(
              CORE,
              "Add",
              List.of(margin, terms.get(term)),
              term == terms.size() - 1 ? margin(link, sum) : sum);
    }

    return finish(graph, encoding, link, margin, properties);
  }

  /**
   * A linear margin for each class: the score has a probability for each, the softmax of the
   * margins.
   *
   * @param classes of the same columns and fills, in order, at least two
   * @param properties written into the model as its metadata
   */
  public static byte[] softmax(List<LinearModel> classes, Map<String, String> properties) {
    FeatureEncoding encoding = classes.get(0).encoding();
    OnnxGraph graph = new OnnxGraph("multinomial");
    List<String> terms = new ArrayList<>();
    for (String numeric : numericRow(graph, encoding)) {
      terms.add(weighed(graph, classes, numeric));
    }

    for (int column = 0; column < encoding.categorical().size(); column++) {
      List<String> codes = new ArrayList<>();
      for (LinearModel model : classes) {
        FeatureEncoding.Categorical weights = model.encoding().categorical().get(column);
        codes.add(code(graph, weights, "encode/" + weights.name() + "/" + codes.size()));
      }

      terms.add(concat(graph, codes, "linear/category" + column));
    }

    List<Float> intercepts = classes.stream().map(model -> (float) model.intercept()).toList();
    terms.add(graph.constant("linear/intercept", intercepts, 1, classes.size()));
    String margins = terms.get(0);
    for (int term = 1; term < terms.size(); term++) {
      margins = graph.node(CORE, "Add", List.of(margins, terms.get(term)), "linear/sum" + term);
    }

    graph.node(
        CORE, "Softmax", List.of(margins), FeatureEncoding.SCORE, OnnxGraph.integer("axis", 1));
    graph.output(new ModelPackage.Field(FeatureEncoding.SCORE, "float", classes.size()));
    return graph.model(new TreeMap<>(properties));
  }

  /** The numeric columns side by side, missing ones filled: one name, or none without columns. */
  private static List<String> numericRow(OnnxGraph graph, FeatureEncoding encoding) {
    encoding.inputs().forEach(graph::input);
    List<FeatureEncoding.Numeric> columns = encoding.numeric();
    List<String> row = new ArrayList<>();
    if (!columns.isEmpty()) {
      List<String> names = columns.stream().map(FeatureEncoding.Numeric::name).toList();
      row.add(
          graph.node(
              ML,
              "Imputer",
              List.of(concat(graph, names, "encode/numeric")),
              "encode/filled",
              OnnxGraph.floats("imputed_value_floats", fills(encoding)),
              OnnxGraph.number("replaced_value_float", Float.NaN)));
    }

    return row;
  }

  private static List<String> codes(OnnxGraph graph, FeatureEncoding encoding) {
    List<String> encoded = new ArrayList<>();
    for (FeatureEncoding.Categorical column : encoding.categorical()) {
      encoded.add(code(graph, column, "encode/" + column.name()));
    }

    return encoded;
  }

  private static String code(OnnxGraph graph, FeatureEncoding.Categorical column, String output) {
    // the empty text, which stands for a missing one, is spelled out: a list must not be empty
    TreeMap<String, Float> codes = new TreeMap<>(column.codes());
    codes.put("", column.unknown());
    return graph.node(
        ML,
        "LabelEncoder",
        List.of(column.name()),
        output,
        OnnxGraph.texts("keys_strings", List.copyOf(codes.keySet())),
        OnnxGraph.floats("values_floats", List.copyOf(codes.values())),
        OnnxGraph.number("default_float", column.unknown()));
  }

  /** A column for each of the margins. */
  private static String weighed(OnnxGraph graph, List<LinearModel> margins, String numeric) {
    List<Float> weights = new ArrayList<>();
    int columns = margins.get(0).weights().size();
    for (int column = 0; column < columns; column++) {
      for (LinearModel margin : margins) {
        weights.add(margin.weights().get(column).floatValue());
      }
    }

    String fills = graph.constant("linear/fills", fills(margins.get(0).encoding()), columns);
    String centred = graph.node(CORE, "Sub", List.of(numeric, fills), "linear/centred");
    return graph.node(
        CORE,
        "MatMul",
        List.of(centred, graph.constant("linear/weights", weights, columns, margins.size())),
        "linear/numeric");
  }

  private static List<Float> fills(FeatureEncoding encoding) {
    return encoding.numeric().stream().map(FeatureEncoding.Numeric::fill).toList();
  }

  private static String concat(OnnxGraph graph, List<String> columns, String output) {
    return graph.node(CORE, "Concat", columns, output, OnnxGraph.integer("axis", 1));
  }

  /** Where the margin is the score, it has its name. */
  private static String margin(Link link, String name) {
    return link == Link.IDENTITY ? FeatureEncoding.SCORE : name;
  }

  private static byte[] finish(
      OnnxGraph graph,
      FeatureEncoding encoding,
      Link link,
      String margin,
      Map<String, String> properties) {
    ModelPackage.Field score = encoding.outputs().get(0);
    if (link == Link.LOGIT) {
      graph.node(CORE, "Sigmoid", List.of(margin), score.name());
    }

    graph.output(score);
    return graph.model(new TreeMap<>(properties));
  }
}
