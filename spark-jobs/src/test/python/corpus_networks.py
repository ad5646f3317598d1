"""Networks of the corpus, node by node as PyTorch's exporter lays them out, with random weights.

PyTorch itself is not used: its only wheel on the package index is the one for GPUs, of several gigabytes.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from corpus_rows import FLOATS, SEQUENCE, WIDTH

TOOL = "onnx.helper, after PyTorch's exporter"
HEADS, VOCABULARY = 2, 50


def models(opsets):
    """Name, tool, columns by input, and ONNX model of each."""
    yield "torch-mlp", TOOL, {"features": FLOATS}, mlp(opsets)
    yield "torch-encoder", TOOL, {"sequence": ["sequence"]}, encoder(opsets, tokens=False)
    yield "torch-encoder-tokens", TOOL, {"tokens": ["tokens"]}, encoder(opsets, tokens=True)


class Graph:
    """Nodes and weights, with the names that a module path gives."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def weight(self, name, *shape, scale=None):
        scale = scale or 1 / np.sqrt(shape[-1])
        values = (self.random.normal(0, 1, shape) * scale).astype(np.float32)
        return self.constant(name, values)

    def constant(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind, path, *inputs, **attributes):
        made = f"{path}/{kind}_output_0"
        self.nodes.append(helper.make_node(kind, inputs, [made], f"{path}/{kind}", **attributes))
        return made

    def linear(self, path, source, inputs, outputs):
        """A layer over the last dimension of a tensor of rank 3."""
        weight = self.weight(f"{path}.weight", inputs, outputs)
        bias = self.weight(f"{path}.bias", outputs)
        return self.node("Add", path, bias, self.node("MatMul", path, source, weight))

    def norm(self, path, source):
        scale = self.constant(f"{path}.weight", np.ones(WIDTH, np.float32))
        bias = self.weight(f"{path}.bias", WIDTH)
        return self.node("LayerNormalization", path, source, scale, bias, axis=-1, epsilon=1e-5)

    def model(self, given, made, source, opsets):
        self.nodes.append(helper.make_node("Identity", [source], [made.name]))
        graph = helper.make_graph(self.nodes, "main_graph", [given], [made], self.weights)
        opset = [helper.make_opsetid("", opsets[""])]
        return helper.make_model(graph, opset_imports=opset, ir_version=10, producer_name="millrace")


def value(name, element, *shape):
    return helper.make_tensor_value_info(name, element, ["batch", *shape])


def mlp(opsets):
    """8-16-16-1 with ReLU, a sigmoid at the end."""
    graph, source = Graph(4004), "features"
    for layer, (inputs, outputs) in enumerate([(8, 16), (16, 16), (16, 1)]):
        path = f"/layers/layers.{2 * layer}"
        weight = graph.weight(f"layers.{2 * layer}.weight", outputs, inputs)
        bias = graph.weight(f"layers.{2 * layer}.bias", outputs)
        source = graph.node("Gemm", path, source, weight, bias, transB=1)
        source = graph.node("Relu" if layer < 2 else "Sigmoid", path, source)
    return graph.model(value("features", TensorProto.FLOAT, 8), value("score", TensorProto.FLOAT, 1), source, opsets)


def encoder(opsets, tokens):
    """Two layers of self-attention over 6 places of width 4, 2 heads; the mean, then 3 logits, and softmax."""
    graph, source = Graph(4005 + tokens), "tokens" if tokens else "sequence"
    given = (
        value("tokens", TensorProto.INT64, SEQUENCE)
        if tokens
        else value("sequence", TensorProto.FLOAT, SEQUENCE, WIDTH)
    )
    if tokens:
        table = graph.weight("embedding.weight", VOCABULARY, WIDTH, scale=1)
        source = graph.node("Gather", "/embedding", table, source)
    for layer in range(2):
        source = encoder_layer(graph, f"/encoder/layers.{layer}", source)
    mean = graph.node("ReduceMean", "/pool", source, graph.constant("pool.axis", np.array([1])), keepdims=0)
    weight = graph.weight("head.weight", 3, WIDTH)
    logits = graph.node("Gemm", "/head", mean, weight, graph.weight("head.bias", 3), transB=1)
    probabilities = graph.node("Softmax", "/head", logits, axis=-1)
    return graph.model(given, value("probabilities", TensorProto.FLOAT, 3), probabilities, opsets)


def encoder_layer(graph, path, source):
    size = WIDTH // HEADS
    split = graph.constant(f"{path}.split", np.array([0, SEQUENCE, HEADS, size]))
    joined = graph.constant(f"{path}.joined", np.array([0, SEQUENCE, WIDTH]))
    parts = {}
    for part, order in [("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])]:
        made = graph.linear(f"{path}/{part}", source, WIDTH, WIDTH)
        made = graph.node("Reshape", f"{path}/{part}", made, split)
        parts[part] = graph.node("Transpose", f"{path}/{part}", made, perm=order)
    scores = graph.node("MatMul", f"{path}/scores", parts["query"], parts["key"])
    scale = graph.constant(f"{path}.scale", np.float32(1 / np.sqrt(size)))
    scores = graph.node("Mul", f"{path}/scores", scores, scale)
    weights = graph.node("Softmax", f"{path}/scores", scores, axis=-1)
    mixed = graph.node("MatMul", f"{path}/mixed", weights, parts["value"])
    mixed = graph.node("Transpose", f"{path}/mixed", mixed, perm=[0, 2, 1, 3])
    mixed = graph.node("Reshape", f"{path}/mixed", mixed, joined)
    mixed = graph.linear(f"{path}/out", mixed, WIDTH, WIDTH)
    source = graph.norm(f"{path}/norm1", graph.node("Add", f"{path}/attended", source, mixed))
    hidden = graph.linear(f"{path}/linear1", source, WIDTH, 16)
    root = graph.constant(f"{path}.root", np.float32(np.sqrt(2)))
    error = graph.node("Erf", f"{path}/gelu", graph.node("Div", f"{path}/gelu", hidden, root))
    error = graph.node("Add", f"{path}/gelu", error, graph.constant(f"{path}.one", np.float32(1)))
    hidden = graph.node("Mul", f"{path}/gelu", hidden, error)
    hidden = graph.node("Mul", f"{path}/half", hidden, graph.constant(f"{path}.half", np.float32(0.5)))
    hidden = graph.linear(f"{path}/linear2", hidden, 16, WIDTH)
    return graph.norm(f"{path}/norm2", graph.node("Add", f"{path}/forward", source, hidden))
