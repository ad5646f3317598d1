"""Makes the tables that the tests of metrics evaluate, with what scikit-learn and NumPy measure on them.

    "$(bin/python-env mlflow)/bin/python" spark-jobs/src/test/python/make_metrics.py [FOLDER]

FOLDER is spark-jobs/src/test/resources/metrics by default. It gets binary.json, regression.json and
multiclass.json: lists of cases, each a table by columns, the metrics of all rows, the series of the pictures,
and the metrics of each day if row i is of day i % 3. A metric that is undefined is left out. Seeds are fixed.
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


def main():
    default = pathlib.Path(__file__).parents[1] / "resources" / "metrics"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("error")
    for task, cases in {"binary": binary_cases()}.items():
        lines = ",\n".join(json.dumps(case, default=lambda value: value.tolist()) for case in cases)
        (folder / f"{task}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
