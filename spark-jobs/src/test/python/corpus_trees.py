"""Models of the corpus by scikit-learn, LightGBM and XGBoost, in the converters' own words."""

import lightgbm
import numpy as np
import onnxmltools
import pandas
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloatTensorType
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from corpus_rows import FLOATS, HOLED, LONGS, labels, matrix

SEED = 4003
SKLEARN = "scikit-learn"


def models(rows, opsets):
    """Name, tool, columns by input, and ONNX model of each."""
    yield from pipelines(rows, opsets)
    yield from matrices(rows, opsets)
    yield from boosters(rows, opsets)


def pipelines(rows, opsets):
    """One input a column: one-hot texts, scaled numbers, filled holes."""
    binary, third, number = labels(rows)
    numeric, holed, texts = ["f0", "f1", "i0", "i1"], ["h0", "h2"], ["city", "kind"]
    frame = pandas.DataFrame({name: rows[name].to_numpy() for name in numeric + holed})
    for name in texts:
        frame[name] = np.array(rows[name].to_pylist(), dtype=object)
    kinds = {name: FloatTensorType([None, 1]) for name in ["f0", "f1", *holed]}
    kinds |= {name: Int64TensorType([None, 1]) for name in ["i0", "i1"]}
    kinds |= {name: StringTensorType([None, 1]) for name in texts}
    inputs = {name: [name] for name in frame.columns}
    for name, model, label, zipmap in [
        ("skl-pipeline-logistic", LogisticRegression(max_iter=500), binary, True),
        ("skl-pipeline-forest", RandomForestClassifier(12, max_depth=5, random_state=SEED), third, False),
        ("skl-pipeline-boosting", GradientBoostingRegressor(n_estimators=15, random_state=SEED), number, None),
    ]:
        prepared = ColumnTransformer([
            ("number", StandardScaler(), numeric),
            ("holed", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), holed),
            ("text", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
        ])
        fitted = make_pipeline(prepared, model).fit(frame, label)
        options = {} if zipmap is None else {"zipmap": zipmap}
        types = [(column, kinds[column]) for column in frame.columns]
        yield name, SKLEARN, inputs, convert(fitted, types, options, opsets)


def matrices(rows, opsets):
    """All columns in one input."""
    binary, third, number = labels(rows)
    forest, boosting = RandomForestClassifier, GradientBoostingClassifier
    small = {"random_state": SEED, "max_depth": 4}
    for name, model, columns, label, zipmap in [
        ("skl-logistic-zipmap", LogisticRegression(max_iter=500), FLOATS, third, True),
        ("skl-logistic-plain", LogisticRegression(max_iter=500), FLOATS, third, False),
        ("skl-logistic-columns", LogisticRegression(max_iter=500), FLOATS, binary, "columns"),
        ("skl-forest-zipmap", forest(15, **small), FLOATS, binary, True),
        ("skl-forest-plain", forest(15, **small), FLOATS, third, False),
        ("skl-forest-regression", RandomForestRegressor(10, **small), FLOATS, number, None),
        ("skl-boosting-binary", boosting(n_estimators=20, **small), FLOATS, binary, False),
        ("skl-boosting-multi", boosting(n_estimators=10, **small), FLOATS, third, False),
        ("skl-hist-boosting", HistGradientBoostingClassifier(max_iter=15, random_state=SEED), HOLED, binary, False),
        ("skl-tree-long", DecisionTreeClassifier(**small), LONGS, third, False),
        ("skl-mlp", MLPClassifier((16, 8), max_iter=300, random_state=SEED), FLOATS, third, False),
        ("skl-svc", SVC(probability=True, random_state=SEED), FLOATS, third, False),
    ]:
        of = np.int64 if columns is LONGS else np.float32
        kind = Int64TensorType if columns is LONGS else FloatTensorType
        fitted = model.fit(matrix(rows, columns, of), label)
        options = {} if zipmap is None else {"zipmap": zipmap}
        yield name, SKLEARN, {"X": columns}, convert(
            fitted, [("X", kind([None, len(columns)]))], options, opsets)
    wide = matrix(rows, FLOATS, np.float64)
    for name, model, label, options in [
        ("skl-linear-double", make_pipeline(StandardScaler(), LinearRegression()), number, {}),
        ("skl-forest-double", forest(10, **small), binary, {"zipmap": False}),
    ]:
        fitted = model.fit(wide, label)
        yield name, SKLEARN, {"X": FLOATS}, convert(
            fitted, [("X", DoubleTensorType([None, 8]))], options, opsets)


def convert(fitted, types, options, opsets):
    # options are of the pipeline's last step, or of the estimator itself
    return to_onnx(
        fitted,
        initial_types=types,
        options={id(fitted): options} if options else None,
        target_opset=opsets,
    )


def boosters(rows, opsets):
    """LightGBM and XGBoost, with holes."""
    binary, third, number = labels(rows)
    holed = matrix(rows, HOLED)
    codes = np.unique(third, return_inverse=True)[1]
    light = {"n_estimators": 20, "num_leaves": 15, "random_state": SEED, "n_jobs": 1, "verbose": -1}
    extreme = {"n_estimators": 20, "max_depth": 4, "random_state": SEED, "n_jobs": 1}
    types = [("X", MlFloatTensorType([None, len(HOLED)]))]
    opset = opsets[""]
    for name, model, label, zipmap in [
        ("lgbm-binary", lightgbm.LGBMClassifier(**light), binary, False),
        ("lgbm-multi-zipmap", lightgbm.LGBMClassifier(**light), codes, True),
        ("lgbm-regression", lightgbm.LGBMRegressor(**light), number, None),
    ]:
        fitted = model.fit(holed, label)
        options = {} if zipmap is None else {"zipmap": zipmap}
        yield name, "LightGBM", {"X": HOLED}, onnxmltools.convert_lightgbm(
            fitted, initial_types=types, target_opset=min(opset, 15), **options)
    codes_of = np.stack([np.searchsorted(sorted(set(texts)), texts) for texts in (
        rows[name].to_pylist() for name in ("city", "kind"))] + [rows["i0"].to_numpy() + 3], axis=1)
    light |= {"min_data_per_group": 1, "cat_smooth": 1, "max_cat_to_onehot": 1}
    sets = lightgbm.LGBMRegressor(**light).fit(codes_of, number, categorical_feature=[0, 1, 2])
    yield "lgbm-categories", "LightGBM", {"X": ["i0", "i1", "i2"]}, onnxmltools.convert_lightgbm(
        sets, initial_types=[("X", MlFloatTensorType([None, 3]))], target_opset=min(opset, 15))
    for name, model, label in [
        ("xgb-binary", xgboost.XGBClassifier(**extreme), binary),
        ("xgb-multi", xgboost.XGBClassifier(**extreme), codes),
        ("xgb-regression", xgboost.XGBRegressor(**extreme), number),
    ]:
        fitted = model.fit(holed, label)
        yield name, "XGBoost", {"X": HOLED}, onnxmltools.convert_xgboost(
            fitted, initial_types=types, target_opset=min(opset, 15))
