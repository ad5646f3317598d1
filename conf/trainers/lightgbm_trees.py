"""Trains boosted trees with LightGBM for a question with two answers, or for a number, and writes them as one ONNX file.

The protocol, for whoever writes a trainer of their own. A trainer is any program that keeps to it:
 1. It is started as `python PROGRAM --request FILE`, in an environment made from its lock and nothing else.
 2. FILE is JSON: schema (1), model, task, training_set, slice, days (from, to), rows, day, ids, label, numeric, categorical, seed, params, output.
 3. `rows` is a directory of Parquet files: the rows to train on and no others, with all columns named and the spine's keys and times.
 4. `params` maps names to texts, as the training definition gives them. A name that the trainer does not know should end it.
 5. It writes `output`/model.onnx: one input a column, by the column's name, [rows, 1]: float32 for numeric ones (missing is NaN),
    string for categorical ones (missing is the empty text); one output `score`, float32 [rows, 1]: for the task binary the
    probability of label 1, for the task regression the label itself.
 6. It may write golden.parquet (some rows: a column for each input, and `score` as the trainer's library gives it),
    metrics.json ({name: number}), params.json ({name: text}), and other small files, such as importances.json ({input: share}).
 7. What it prints on stdout, line by line, is shown as progress. It ends with 0, or with another code and one sentence on stderr;
    then nothing is registered.
 8. The same rows, in files of any order, with the same seed and params should give the same bytes of model.onnx.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
from onnx import TensorProto, helper
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

SETTINGS = {
    "trees": "2000",  # at most: the held-out days decide after how many to stop
    "learning_rate": "0.04",
    "leaves": "63",
    "min_leaf_rows": "500",
    "row_share": "0.8",  # of the rows, anew for each tree
    "column_share": "0.5",  # of the columns, anew for each tree
    "l2": "100.0",
    "bins": "255",
    "patience": "100",  # trees without a better first metric on the held-out days
    "held_out_share": "0.2",  # of the days, the last ones; 0 grows as many trees as named above
    "text_prior_rows": "20.0",  # the mean label of a text counts as if so many rows of the overall mean were added
    "threads": "1",  # more are faster only where nothing else runs: they wait for each other at every split
}
OBJECTIVES = {"binary": "binary", "regression": "regression"}  # by task; LightGBM's own names, as those of the metrics
METRICS = {"binary": {"binary_logloss": "log_loss", "auc": "auc"}, "regression": {"rmse": "rmse", "l1": "mae"}}
MAY_BE_ZERO = {"l2", "held_out_share", "text_prior_rows"}
TOLERANCE = 1e-5  # of scores up to 1, and that share of the greatest one beyond
CHECKED_ROWS = 20_000
GOLDEN_ROWS = 200

Columns = dict[str, np.ndarray]  # inputs by name: float32 with NaN, or texts with ''
Codes = dict[str, dict[str, float]]  # a number for each text, by input


@dataclass(frozen=True)
class Rows:
    task: str
    columns: Columns
    label: np.ndarray
    day: np.ndarray

    def where(self, chosen: np.ndarray) -> Rows:
        columns = {name: values[chosen] for name, values in self.columns.items()}
        return Rows(self.task, columns, self.label[chosen], self.day[chosen])


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains boosted trees and writes them as ONNX.")
    parser.add_argument("--request", type=Path, required=True)
    request = json.loads(parser.parse_args().request.read_text(encoding="utf-8"))
    sys.stdout.reconfigure(line_buffering=True)
    settings = settings_of(request)
    started = time.monotonic()
    rows = read(request)
    print(f"{len(rows.label)} rows of {rows.day.min()} to {rows.day.max()}, mean label {rows.label.mean():.4f}")
    trees, metrics = choose(rows, settings, request["seed"])
    codes = codes_of(rows, settings)
    print(f"{trees} trees on all rows")
    booster = lightgbm.train(parameters(rows.task, settings, request["seed"]), dataset(rows, codes), trees)
    metrics |= {"rows": len(rows.label), "mean_label": float(rows.label.mean()), "trees": booster.num_trees()}
    metrics["training_seconds"] = round(time.monotonic() - started, 2)
    model = onnx_model(rows.task, booster, rows.columns, codes)
    sample = samples(rows.columns, CHECKED_ROWS)
    metrics["onnx_max_difference"] = compare(model, booster, sample, codes)
    settings |= {"seed": str(request["seed"]), "trees_grown": str(booster.num_trees()), "lightgbm": lightgbm.__version__}
    write(Path(request["output"]), model, booster, rows.columns, codes, metrics, settings)


# ---- what is asked for, and the rows


def settings_of(request: dict) -> dict[str, str]:
    """The defaults, and what the definition has instead."""
    if request["schema"] != 1:
        raise SystemExit(f"This trainer reads requests of schema 1, not {request['schema']}.")
    if request["task"] not in OBJECTIVES:
        raise SystemExit(f"This trainer is for the tasks {', '.join(OBJECTIVES)}, not for {request['task']}.")
    unknown = sorted(set(request["params"]) - set(SETTINGS))
    if unknown:
        raise SystemExit(f"Unknown params {', '.join(unknown)}: known are {', '.join(SETTINGS)}.")
    for name, text in request["params"].items():
        if not fits(name, text):
            raise SystemExit(f"The param {name} is a number such as {SETTINGS[name]}, not '{text}'.")
    if "score" in request["numeric"] + request["categorical"]:
        raise SystemExit("A column cannot be called score: that is the name of the model's output.")
    return SETTINGS | request["params"]


def fits(name: str, text: str) -> bool:
    """Whether it is a number of the default's kind."""
    try:
        value = float(text) if "." in SETTINGS[name] else int(text)
    except ValueError:
        return False
    return value > 0 or (value == 0 and name in MAY_BE_ZERO)


def read(request: dict) -> Rows:
    """All rows, as the model will see them, in an order that the files have no part in."""
    files = pyarrow.dataset.dataset(request["rows"], format="parquet")
    inputs, label = request["numeric"] + request["categorical"], request["label"]
    day = request["day"]
    missing = sorted({*inputs, label, day} - set(files.schema.names))
    if missing:
        raise SystemExit(f"The rows have no column {', '.join(missing)}.")
    raw = files.to_table(columns=[*inputs, label, day])
    if raw.num_rows == 0 or raw[label].null_count > 0:
        raise SystemExit(f"There are {raw.num_rows} rows, {raw[label].null_count} of them without a label.")
    columns = {name: number(raw[name]) for name in request["numeric"]}
    columns |= {name: raw[name].cast(pa.string()).fill_null("") for name in request["categorical"]}
    table = pa.table(columns).append_column("#day", raw[day]).append_column("#label", raw[label].cast(pa.float64()))
    # rows that are equal in all of these may change places without any effect
    table = table.sort_by([(name, "ascending") for name in ["#day", "#label", *inputs]])
    values = {name: table[name].to_numpy() for name in table.column_names}
    check(request["task"], label, values["#label"])
    return Rows(request["task"], {name: values[name] for name in inputs}, values["#label"], values["#day"])


def check(task: str, label: str, values: np.ndarray) -> None:
    """Ends the program if the task has no such labels, or there is nothing to learn."""
    if task == "binary" and set(np.unique(values)) != {0, 1}:
        raise SystemExit(f"The label {label} has other values than 0 and 1, or only one of them.")
    if not np.isfinite(values).all() or values.min() == values.max():
        raise SystemExit(f"The label {label} is not finite everywhere, or has only one value.")


def number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The nearest float32, as in the model's inputs: training on doubles would see differences that scoring does not."""
    return column.cast(pa.float32(), safe=False).fill_null(float("nan"))


# ---- texts as numbers


def codes_of(rows: Rows, settings: dict[str, str]) -> Codes:
    """A number for each text: its place by ascending mean label among the rows given, which must be rows to train on only.

    A mean of few rows is drawn to the overall one. Texts of a lower mean than the overall one have numbers below 0, the others
    above 0, and none has 0: where no text was missing in training, LightGBM takes a missing number for 0, and so a text that
    training has not seen counts as an average one.
    """
    weight, overall = float(settings["text_prior_rows"]), rows.label.mean()
    codes = {}
    for name, values in rows.columns.items():
        if values.dtype != object:
            continue
        texts, places = np.unique(values.astype(str), return_inverse=True)
        sums = np.bincount(places, weights=rows.label)
        means = (sums + weight * overall) / (np.bincount(places) + weight)
        ranked = sorted((mean, str(text)) for mean, text in zip(means, texts) if text != "")
        below = sum(mean < overall for mean, _ in ranked)
        codes[name] = {text: float(at - below + (at >= below)) for at, (_, text) in enumerate(ranked)}
    return codes


def matrix(columns: Columns, codes: Codes) -> np.ndarray:
    """What the trees see: the columns side by side, a text without a number as missing."""
    result = np.empty((len(next(iter(columns.values()))), len(columns)), np.float32)
    for place, (name, values) in enumerate(columns.items()):
        of = codes.get(name)
        result[:, place] = values if of is None else [of.get(text, np.nan) for text in values]
    return result


# ---- trees


def parameters(task: str, settings: dict[str, str], seed: int) -> dict:
    """LightGBM's own names; the last ones make the same trees on every machine."""
    return {
        "objective": OBJECTIVES[task],
        "metric": list(METRICS[task]),
        "first_metric_only": True,
        "learning_rate": float(settings["learning_rate"]),
        "num_leaves": int(settings["leaves"]),
        "min_data_in_leaf": int(settings["min_leaf_rows"]),
        "bagging_fraction": float(settings["row_share"]),
        "bagging_freq": 1,
        "feature_fraction": float(settings["column_share"]),
        "lambda_l2": float(settings["l2"]),
        "max_bin": int(settings["bins"]),
        "verbosity": -1,
        "seed": seed,
        "num_threads": int(settings["threads"]),
        "deterministic": True,
        "force_row_wise": True,
    }


def dataset(rows: Rows, codes: Codes, like: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
    return lightgbm.Dataset(matrix(rows.columns, codes), rows.label, reference=like)


def choose(rows: Rows, settings: dict[str, str], seed: int) -> tuple[int, dict[str, float]]:
    """How many trees, judged by the last days, of which neither the trees nor the numbers of texts know anything."""
    days = np.unique(rows.day)
    held = int(len(days) * float(settings["held_out_share"]))
    if held == 0:
        return int(settings["trees"]), {}
    late = rows.day >= days[-held]
    before, after = rows.where(~late), rows.where(late)
    print(f"{held} days held out, from {days[-held]}: {len(after.label)} rows")
    booster = stopped(before, after, settings, seed)
    best = {name: float(booster.best_score["held out"][of]) for of, name in METRICS[rows.task].items()}
    print(f"best after {booster.best_iteration} trees: " + ", ".join(f"{name} {value:.5f}" for name, value in best.items()))
    return booster.best_iteration, {"held_out_rows": len(after.label)} | {f"held_out_{name}": value for name, value in best.items()}


def stopped(before: Rows, after: Rows, settings: dict[str, str], seed: int) -> lightgbm.Booster:
    """Trees for as long as the first metric on later rows gets better."""
    codes = codes_of(before, settings)
    known = dataset(before, codes)
    return lightgbm.train(
        parameters(before.task, settings, seed),
        known,
        int(settings["trees"]),
        valid_sets=[dataset(after, codes, known)],
        valid_names=["held out"],
        callbacks=[
            lightgbm.early_stopping(int(settings["patience"]), first_metric_only=True, verbose=False),
            lightgbm.log_evaluation(50),
        ],
    )


# ---- ONNX


def onnx_model(task: str, booster: lightgbm.Booster, columns: Columns, codes: Codes) -> bytes:
    """Texts to numbers, all columns side by side, the trees, and for a probability the logistic function."""
    trees = converted(booster)
    inputs, nodes, side_by_side = [], [], []
    for name, values in columns.items():
        kind = TensorProto.STRING if name in codes else TensorProto.FLOAT
        inputs.append(helper.make_tensor_value_info(name, kind, [None, 1]))
        side_by_side.append(f"codes/{name}" if name in codes else name)
        if name in codes:
            nodes.append(encoder(name, codes[name], side_by_side[-1]))
    nodes.append(helper.make_node("Concat", side_by_side, [trees.graph.input[0].name], "side_by_side", axis=1))
    nodes.extend(trees.graph.node)
    if task == "binary":
        nodes.append(helper.make_node("Sigmoid", [trees.graph.output[0].name], ["score"], "probability"))
    else:
        renamed(trees.graph.output[0].name, nodes)
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph(nodes, "lightgbm_trees", inputs, [score], trees.graph.initializer)
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)]  # the converter declares 1, which has other encoders
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="lightgbm_trees")
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def renamed(sum_of_trees: str, nodes: list[onnx.NodeProto]) -> None:
    """The sum is the score."""
    for node in nodes:
        for place, name in enumerate(node.output):
            if name == sum_of_trees:
                node.output[place] = "score"


def encoder(name: str, codes: dict[str, float], output: str) -> onnx.NodeProto:
    known = {"": float("nan")} | codes  # a list of keys must not be empty
    return helper.make_node(
        "LabelEncoder",
        [name],
        [output],
        f"encode/{name}",
        domain="ai.onnx.ml",
        keys_strings=list(known),
        values_floats=list(known.values()),
        default_float=float("nan"),
    )


def converted(booster: lightgbm.Booster) -> onnx.ModelProto:
    """The trees alone, as a regressor of the sum: a classifier would give a label and two probabilities, of which one is wanted."""
    trees = convert_lightgbm(
        exact(booster),
        name="trees",  # else a random one
        initial_types=[("row", FloatTensorType([None, booster.num_feature()]))],
        target_opset=15,
    )
    return onnx.compose.add_prefix(trees, "trees/")


def exact(booster: lightgbm.Booster) -> lightgbm.Booster:
    """The same trees, giving their sum, with thresholds that a float32 holds and with which each float32 takes the same branch.

    The converter alone would round to the nearest float32, and a value between that and LightGBM's threshold would take the other one.
    """
    lines = []
    for line in booster.model_to_string(num_iteration=-1).split("\n"):
        key, equals, value = line.partition("=")
        if key == "tree_sizes":  # of the old text; it may be left out
            continue
        if line == "[objective: binary]":  # is there twice; the converter reads both
            key = "[objective: regression]"
        elif key == "objective":
            value = "regression"
        elif key == "threshold":
            value = " ".join(repr(threshold(float(text))) for text in value.split())
        lines.append(key + equals + value)
    return lightgbm.Booster(model_str="\n".join(lines))


def threshold(value: float) -> float:
    """The greatest float32 that is not above; but LightGBM takes all that is within 1e-35 of 0 for 0, and ONNX does not."""
    zero = np.float32(1e-35)
    if -zero <= value < 0:
        return float(np.nextafter(-zero, np.float32(-1)))
    if 0 <= value < zero:
        return float(zero)
    with np.errstate(over="ignore"):
        nearest = np.float32(value)
    return float(nearest if float(nearest) <= value else np.nextafter(nearest, np.float32(-np.inf)))


# ---- checks and files


def samples(columns: Columns, most: int) -> Columns:
    """Rows at even distances, one in which all is missing, and one with texts that training has not seen."""
    count = len(next(iter(columns.values())))
    chosen = np.unique(np.linspace(0, count - 1, min(count, most - 2)).astype(int))
    result = {}
    for name, values in columns.items():
        ends = ["", "\u0001not seen"] if values.dtype == object else [np.nan, values[chosen[-1]]]
        result[name] = np.concatenate([values[chosen], np.array(ends, values.dtype)])
    return result


def compare(model: bytes, booster: lightgbm.Booster, columns: Columns, codes: Codes) -> float:
    """The greatest difference between ONNX Runtime and LightGBM; ends the program if there is too much of it."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    scores = session.run(["score"], {name: values.reshape(-1, 1) for name, values in columns.items()})[0]
    expected = booster.predict(matrix(columns, codes))
    if scores.shape != (len(expected), 1) or not np.isfinite(scores).all():
        raise SystemExit(f"The ONNX file gives scores of shape {scores.shape}, or some that are no numbers.")
    difference = float(np.abs(scores[:, 0] - expected).max())
    tolerance = TOLERANCE * max(1.0, float(np.abs(expected).max()))
    print(f"ONNX Runtime and LightGBM differ by at most {difference:.2e} on {len(expected)} rows")
    if difference > tolerance:
        raise SystemExit(f"ONNX Runtime and LightGBM differ by {difference:.2e}, more than {tolerance:.0e}.")
    return difference


def write(
    output: Path,
    model: bytes,
    booster: lightgbm.Booster,
    columns: Columns,
    codes: Codes,
    metrics: dict[str, float],
    settings: dict[str, str],
) -> None:
    output.mkdir(parents=True, exist_ok=True)
    golden = samples(columns, GOLDEN_ROWS)
    scored = golden | {"score": booster.predict(matrix(golden, codes))}
    pyarrow.parquet.write_table(pa.table(scored), output / "golden.parquet")
    gains = booster.feature_importance("gain")
    shares = {name: float(gain / max(gains.sum(), 1e-300)) for name, gain in zip(columns, gains)}
    for name, content in {"metrics": metrics, "params": settings, "importances": shares}.items():
        (output / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (output / "model.onnx").write_bytes(model)
    print(f"model.onnx: {len(model) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
