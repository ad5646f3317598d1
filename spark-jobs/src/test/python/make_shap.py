"""Makes the models that the tests of contributions explain, with what LightGBM and shap say of them.

    python spark-jobs/src/test/python/make_shap.py [FOLDER]

needs lightgbm, scikit-learn, shap, onnxmltools, skl2onnx and onnxruntime; the versions that were used are in
each file. FOLDER is spark-jobs/src/test/resources/shap by default. It gets rows.json (training rows, null
for a missing value), NAME.onnx, and NAME.json: the rows of each node of each tree among the training rows,
and base value, contributions and raw scores of the first rows. Seeds are fixed.
"""

import json
import pathlib
import sys

import lightgbm
import numpy as np
import onnx
import onnxmltools
import onnxruntime
import shap
import skl2onnx
import sklearn
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloatTensorType
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)

SEED = 9001
ROWS, FEATURES, EXPLAINED = 300, 6, 40
VERSIONS = {
    module.__name__: module.__version__
    for module in (lightgbm, sklearn, shap, onnxmltools, skl2onnx, onnxruntime, np)
}


def make_rows():
    """Rows with three decimals, so that a float32 and its decimal text are one number."""
    random = np.random.default_rng(SEED)
    rows = random.normal(0, 1, (ROWS, FEATURES)).round(3)
    signal = rows[:, 0] + rows[:, 1] * rows[:, 2] + np.sin(3 * rows[:, 3]) + 0.3 * random.normal(size=ROWS)
    rows[random.random(rows.shape) < 0.08] = np.nan
    return rows, signal


class Nodes:
    """One ensemble's nodes as the ONNX file lists them."""

    def __init__(self, model):
        node = next(one for one in model.graph.node if one.op_type.startswith("TreeEnsemble"))
        self.lists = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        trees = np.array(self.lists["nodes_treeids"])
        self.firsts = [int(np.flatnonzero(trees == tree)[0]) for tree in sorted(set(trees.tolist()))]
        self.trees = [np.flatnonzero(trees == tree) for tree in sorted(set(trees.tolist()))]
        ids = self.lists["nodes_nodeids"]
        self.at = {(int(tree), ids[at]): at for tree in set(trees) for at in np.flatnonzero(trees == tree)}

    def child(self, at, side):
        return self.at[(self.lists["nodes_treeids"][at], self.lists[f"nodes_{side}nodeids"][at])]

    def is_leaf(self, at):
        return self.lists["nodes_modes"][at] == b"LEAF"

    def by_lightgbm(self, booster):
        """Rows of each node in LightGBM's own words, found by walking down both forms of a tree."""
        covers = {}

        def walk(at, told):
            covers[at] = told["internal_count"] if "split_index" in told else told["leaf_count"]
            assert self.is_leaf(at) == ("split_index" not in told)
            if "split_index" in told:
                assert told["split_feature"] == self.lists["nodes_featureids"][at]
                walk(self.child(at, "true"), told["left_child"])
                walk(self.child(at, "false"), told["right_child"])

        for first, tree in zip(self.firsts, booster.dump_model()["tree_info"]):
            walk(first, tree["tree_structure"])
        return covers

    def by_sklearn(self, trees):
        """The same of scikit-learn's trees, whose nodes are numbered alike."""
        covers = {}
        for positions, tree in zip(self.trees, trees):
            counts = tree.tree_.n_node_samples
            assert len(counts) == len(positions)
            for at in positions:
                covers[at] = int(counts[self.lists["nodes_nodeids"][at]])
        return covers

    def listed(self, covers):
        """By tree: the rows of its branches, and of its leaves, each in the order of the file."""
        return {
            "branches": [[covers[at] for at in tree if not self.is_leaf(at)] for tree in self.trees],
            "leaves": [[covers[at] for at in tree if self.is_leaf(at)] for tree in self.trees],
        }

    def for_shap(self, covers, leaf_values):
        """What shap's own evaluator takes, with float32 thresholds as the file has them."""
        made = []
        for tree in self.trees:
            place = {at: number for number, at in enumerate(tree)}
            branch = [not self.is_leaf(at) for at in tree]
            left = [place[self.child(at, "true")] if is_branch else -1 for at, is_branch in zip(tree, branch)]
            right = [place[self.child(at, "false")] if is_branch else -1 for at, is_branch in zip(tree, branch)]
            tracks = self.lists["nodes_missing_value_tracks_true"]
            made.append({
                "children_left": np.array(left),
                "children_right": np.array(right),
                "children_default": np.array([a if tracks[at] else b for at, a, b in zip(tree, left, right)]),
                "features": np.array([self.lists["nodes_featureids"][at] for at in tree]),
                "thresholds": np.array([self.lists["nodes_values"][at] for at in tree], dtype=float),
                "values": np.array([[leaf_values.get(at, 0.0)] for at in tree]),
                "node_sample_weight": np.array([covers[at] for at in tree], dtype=float),
            })
        return {"trees": made, "input_dtype": np.float64, "internal_dtype": np.float64}

    def leaf_values(self, prefix):
        lists = zip(*(self.lists[f"{prefix}_{name}"] for name in ("treeids", "nodeids", "weights")))
        return {self.at[(tree, node)]: weight for tree, node, weight in lists}


def by_shap(model, rows, link=None):
    """Base value and contributions by shap's own evaluator, not by the library that made the model."""
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(rows, check_additivity=False)
    base = np.atleast_1d(explainer.expected_value)
    if values.ndim == 3:
        return float(base[1]), values[:, :, 1]
    return float(base[-1]), values


def light(name, estimator, label, rows, task):
    fitted = estimator.fit(rows, label)
    types = [("X", MlFloatTensorType([None, FEATURES]))]
    options = {"zipmap": False} if task == "class" else {}
    model = onnxmltools.convert_lightgbm(fitted, initial_types=types, target_opset=15, **options)
    nodes = Nodes(model)
    covers = nodes.by_lightgbm(fitted.booster_)
    explained = rows[:EXPLAINED]
    told = fitted.booster_.predict(explained, pred_contrib=True)
    raw = fitted.booster_.predict(explained, raw_score=True)
    base, values = by_shap(nodes.for_shap(covers, nodes.leaf_values(task)), explained)
    return name, model, {
        "filled": False,
        "covers": nodes.listed(covers),
        "lightgbm": {"base": told[0, -1], "contributions": told[:, :-1]},
        "shap": {"base": base, "contributions": values},
        "raw": raw,
    }


def sklearn_trees(name, estimator, label, rows, raw):
    fitted = estimator.fit(rows, label)
    options = {id(fitted): {"zipmap": False}} if hasattr(fitted, "classes_") else None
    types = [("X", FloatTensorType([None, FEATURES]))]
    opsets = {"": 21, "ai.onnx.ml": 3}
    model = skl2onnx.to_onnx(fitted, initial_types=types, options=options, target_opset=opsets)
    nodes = Nodes(model)
    explained = rows[:EXPLAINED]
    base, values = by_shap(fitted, explained)
    return name, model, {
        "filled": True,
        "covers": nodes.listed(nodes.by_sklearn(np.ravel(fitted.estimators_))),
        "shap": {"base": base, "contributions": values},
        "raw": raw(fitted, explained),
    }


def models(rows, signal):
    binary = (signal > np.median(signal)).astype(np.int64)
    small = {"random_state": SEED, "n_jobs": 1, "verbose": -1, "min_child_samples": 5}
    yield light("lgbm-binary", lightgbm.LGBMClassifier(
        n_estimators=12, num_leaves=13, boost_from_average=True, **small), binary, rows, "class")
    yield light("lgbm-regression", lightgbm.LGBMRegressor(
        n_estimators=8, num_leaves=24, **small), signal, rows, "target")
    filled = np.nan_to_num(rows).astype(np.float32)
    forest = {"random_state": SEED, "max_depth": 4, "bootstrap": False, "max_features": 2}
    yield sklearn_trees("skl-forest-binary", RandomForestClassifier(6, **forest), binary, filled,
        lambda fitted, given: fitted.predict_proba(given)[:, 1])
    yield sklearn_trees("skl-forest-regression", RandomForestRegressor(6, **forest), signal, filled,
        lambda fitted, given: fitted.predict(given))
    yield sklearn_trees("skl-boosting-binary", GradientBoostingClassifier(
        n_estimators=8, max_depth=3, random_state=SEED), binary, filled,
        lambda fitted, given: fitted.decision_function(given))


def as_json(value):
    return json.dumps(value, default=lambda one: one.tolist(), separators=(",", ":"))


def main():
    default = pathlib.Path(__file__).parents[1] / "resources" / "shap"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    rows, signal = make_rows()
    text = json.dumps([[None if np.isnan(value) else value for value in row] for row in rows.tolist()])
    (folder / "rows.json").write_text(text.replace(" ", "") + "\n", encoding="utf-8")
    for name, model, expected in models(rows, signal):
        model.graph.name = name
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
        for by in ("lightgbm", "shap"):
            if by in expected:
                total = expected[by]["base"] + np.sum(expected[by]["contributions"], axis=1)
                assert np.allclose(total, expected["raw"], atol=1e-5), (name, by)
        (folder / f"{name}.json").write_text(as_json({"versions": VERSIONS} | expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
