"""Makes the tables that the tests of metrics evaluate, with what scikit-learn and NumPy measure on them.

    "$(bin/python-env mlflow)/bin/python" spark-jobs/src/test/python/make_metrics.py [FOLDER]

FOLDER is spark-jobs/src/test/resources/metrics by default. It gets a file for each task, such as binary.json:
a list of cases, each a table by columns, the metrics of all rows, the series of the pictures, and the metrics
of each day if row i is of day i % 3. A metric that is undefined is left out. Seeds are fixed.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
from sklearn import metrics

DAYS = 3


def days(measure, *columns):
    """Metrics of each day, if each has more than a row."""
    if len(columns[0]) < 2 * DAYS:
        return []
    return [measure(*(column[day::DAYS] for column in columns)) for day in range(DAYS)]


def binary_metrics(label, score):
    found = {}
    if 0 < label.sum() < len(label):
        found["auc"] = metrics.roc_auc_score(label, score)
    if label.sum() > 0:
        found["pr_auc"] = metrics.average_precision_score(label, score)
    found["log_loss"] = metrics.log_loss(label, score, labels=[0, 1])
    found["brier"] = metrics.brier_score_loss(label, score, pos_label=1)
    bins = np.minimum((score * 10).astype(int), 9)
    gaps = np.bincount(bins, score, 10) - np.bincount(bins, label, 10)
    found["calibration_error"] = np.abs(gaps).sum() / len(label)
    found["base_rate"] = label.mean()
    found["mean_score"] = score.mean()
    found["rows"] = len(label)
    found["positives"] = label.sum()
    return found


def binary(name, label, score):
    return {
        "name": name,
        "label": label,
        "score": score,
        "expected": binary_metrics(label, score),
        "days": days(binary_metrics, label, score),
    }


def binary_cases():
    random = np.random.default_rng(7)
    score = random.uniform(0.001, 0.999, 700)
    label = (random.uniform(size=700) < score**2).astype(int)
    rare = (random.uniform(size=700) < score / 20).astype(int)
    return [
        binary("distinct scores", label, score),
        binary("ties", label, np.round(score * 20 + 1) / 22),
        binary("rare positives", rare, np.round(score, 2) * 0.9 + 0.01),
        binary("ascending against the labels", (score < 0.3).astype(int), score),
        binary("constant score", label[:50], np.full(50, 0.3)),
        binary("all labels are 1", np.ones(20, dtype=int), score[:20]),
        binary("all labels are 0", np.zeros(20, dtype=int), score[:20]),
        binary("one row", np.ones(1, dtype=int), score[:1]),
    ]


def regression_metrics(label, score):
    found = {
        "rmse": metrics.root_mean_squared_error(label, score),
        "mae": metrics.mean_absolute_error(label, score),
    }
    if np.abs(label).sum() > 0:
        found["wape"] = np.abs(score - label).sum() / np.abs(label).sum()
    if label.min() < label.max():
        found["r2"] = metrics.r2_score(label, score)
    found["bias"] = (score - label).mean()
    found["mean_score"] = score.mean()
    found["mean_label"] = label.mean()
    found["rows"] = len(label)
    return found


def regression(name, label, score):
    residual = score - label
    counts, edges = np.histogram(residual, bins=20)
    if residual.min() == residual.max():
        counts, edges = [len(label)], np.array([residual.min(), residual.max()])
    deciles = np.quantile(score, np.arange(1, 10) / 10, method="inverted_cdf")
    group = np.searchsorted(deciles, score)
    return {
        "name": name,
        "label": label,
        "score": score,
        "expected": regression_metrics(label, score),
        "days": days(regression_metrics, label, score),
        "edges": edges,
        "residuals": counts,
        "calibration": [
            [(group == one).sum(), score[group == one].mean(), label[group == one].mean()]
            for one in np.unique(group)
        ],
    }


def regression_cases():
    random = np.random.default_rng(8)
    label = random.normal(3, 2, 401)
    score = label + random.normal(0.2, 1, 401)
    large = 1e9 + random.normal(0, 1, 401)
    return [
        regression("distinct values", label, score),
        regression("ties", np.round(label), np.round(score)),
        regression("worse than the mean", label, -3 * score),
        regression("labels around 1e9", large, large + random.normal(0.1, 0.5, 401)),
        regression("labels around -1e9", -large, -large * 1.0000000001),
        regression("constant score", label[:50], np.full(50, 2.5)),
        regression("constant label", np.full(50, 0.1), score[:50]),
        regression("all labels are 0", np.zeros(50), score[:50]),
        regression("constant residual", np.arange(30.0), np.arange(30.0) + 1),
        regression("one row", label[:1], score[:1]),
    ]


def multiclass_metrics(classes, label, probability):
    """Accuracy and F1 are those of argmax, which is what predict() of scikit-learn's models takes."""
    predicted = np.array(classes)[probability.argmax(axis=1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # FLOAT probabilities do not sum to one
        # clipped as FLOAT, then with DOUBLE logarithms, which another clip leaves alone
        epsilon = np.finfo(probability.dtype).eps
        clipped = np.clip(probability, epsilon, 1 - epsilon).astype(float)
        loss = metrics.log_loss(label, clipped, labels=classes)
    found = {
        "accuracy": metrics.accuracy_score(label, predicted),
        "macro_f1": metrics.f1_score(label, predicted, average="macro"),
    }
    for k in (2, 3):
        if len(classes) > k:
            found[f"top_{k}_accuracy"] = metrics.top_k_accuracy_score(
                label, probability, k=k, labels=classes
            )
    found["log_loss"] = loss
    found["rows"] = len(label)
    return found


def multiclass(name, classes, label, probability):
    def measure(some_labels, some_probabilities):
        return multiclass_metrics(classes, some_labels, some_probabilities)

    predicted = np.array(classes)[probability.argmax(axis=1)]
    return {
        "name": name,
        "classes": classes,
        "label": label,
        "score": probability,
        "expected": measure(label, probability),
        "days": days(measure, label, probability),
        "confusion": metrics.confusion_matrix(label, predicted, labels=classes),
    }


def multiclass_cases():
    random = np.random.default_rng(9)

    def table(classes, rows, sharpness=2.0):
        label = random.integers(len(classes), size=rows)
        logit = random.normal(size=(rows, len(classes)))
        logit[np.arange(rows), label] += 1
        weight = np.exp(sharpness * logit)
        return np.array(classes)[label], weight / weight.sum(axis=1, keepdims=True)

    four = ["ash", "beech", "fir", "oak"]
    label, probability = table(four, 300)
    quarters = random.multinomial(4, [0.4, 0.2, 0.2, 0.2], 300) / 4
    never_fir = np.where(label == "fir", "ash", label)
    ash_or_oak = np.where(probability[:, :1] > 0.3, [[0.6, 0.1, 0.1, 0.2]], [[0.1, 0.2, 0.1, 0.6]])
    return [
        multiclass("distinct probabilities", four, label, probability),
        multiclass("ties and zeros", four, label, quarters),
        multiclass("sharp", four, *table(four, 300, 40.0)),
        multiclass("FLOAT", four, label, probability.astype(np.float32)),
        multiclass("FLOAT zeros", four, label, quarters.astype(np.float32)),
        multiclass("neither a label nor a prediction", four, never_fir, ash_or_oak),
        multiclass("constant probabilities", four, label[:50], np.full((50, 4), 0.25)),
        multiclass("a single label", four, np.full(50, "beech"), probability[:50]),
        multiclass("three classes", ["a", "b", "c"], *table(["a", "b", "c"], 100)),
        multiclass("two classes", ["no", "yes"], *table(["no", "yes"], 100)),
        multiclass("one row", four, label[:1], probability[:1]),
    ]


def main():
    default = pathlib.Path(__file__).parents[1] / "resources" / "metrics"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("error")
    tasks = {
        "binary": binary_cases(),
        "regression": regression_cases(),
        "multiclass": multiclass_cases(),
    }
    for task, cases in tasks.items():
        lines = ",\n".join(json.dumps(case, default=lambda value: value.tolist()) for case in cases)
        (folder / f"{task}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
