"""The least that a trainer does: logistic regression by scikit-learn. The protocol is explained in lightgbm_trees.py."""

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
from onnx import ModelProto, TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def read(request: dict) -> pa.Table:
    """Numbers as float32 with NaN and texts with '', as the model will get them, in an order of their own."""
    numeric, texts, label = request["numeric"], request["categorical"], request["label"]
    raw = pyarrow.dataset.dataset(request["rows"], format="parquet").to_table(columns=[*numeric, *texts, label])
    columns = {name: raw[name].cast(pa.float32(), safe=False).fill_null(float("nan")) for name in numeric}
    columns |= {name: raw[name].cast(pa.string()).fill_null("") for name in texts}
    return pa.table(columns | {label: raw[label]}).sort_by([(name, "ascending") for name in raw.column_names])


def pipeline(numeric: int, rows: np.ndarray, strength: float) -> Pipeline:
    numbers, texts = list(range(numeric)), list(range(numeric, rows.shape[1]))
    seen = [sorted(set(rows[:, place]) - {""}) for place in texts]  # a missing text is like one never seen
    filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    known = OneHotEncoder(categories=seen, handle_unknown="ignore", sparse_output=False)
    prepared = ColumnTransformer([("numbers", filled, numbers), ("texts", known, texts)])
    return make_pipeline(prepared, LogisticRegression(C=strength, max_iter=500))


def only_score(model: ModelProto) -> ModelProto:
    """One output instead of a label and two probabilities."""
    model.graph.initializer.append(helper.make_tensor("second", TensorProto.INT64, [1], [1]))
    model.graph.node.append(helper.make_node("Gather", ["probabilities", "second"], ["score"], axis=1))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1]))
    return model


parser = argparse.ArgumentParser()
parser.add_argument("--request", type=Path, required=True)
request = json.loads(parser.parse_args().request.read_text(encoding="utf-8"))
table, output = read(request), Path(request["output"])
inputs = table.select(request["numeric"] + request["categorical"])
rows = np.column_stack([column.to_numpy().astype(object) for column in inputs.columns])
fitted = pipeline(len(request["numeric"]), rows, float(request["params"].get("C", "1"))).fit(rows, table[request["label"]].to_numpy())
print(f"fitted {len(rows)} rows in {fitted[-1].n_iter_[0]} steps", flush=True)
types = [(name, (FloatTensorType if name in request["numeric"] else StringTensorType)([None, 1])) for name in inputs.column_names]
model = to_onnx(fitted, initial_types=types, name="logistic", options={id(fitted): {"zipmap": False}}, target_opset={"": 15, "ai.onnx.ml": 3})
golden = inputs.slice(0, 100).append_column("score", pa.array(fitted.predict_proba(rows[:100])[:, 1]))
pyarrow.parquet.write_table(golden, output / "golden.parquet")
(output / "model.onnx").write_bytes(only_score(model).SerializeToString(deterministic=True))
