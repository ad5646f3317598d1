"""A Python contender of bin/bench. Its argument is the task as JSON; see protocol.py."""

import importlib.metadata
import platform

import protocol


def make(task):
    import one_process
    import spark_peers

    works = {
        "pyarrow": one_process.Pyarrow,
        "pyarrow-nowrite": lambda task: one_process.Pyarrow(task, writes=False),
        "polars": one_process.Polars,
        "mapinarrow": spark_peers.MapInArrow,
        "predict_batch_udf": spark_peers.PredictBatchUdf,
        "spark_udf": spark_peers.MlflowSparkUdf,
    }
    if task.kind not in works:
        raise ValueError(f"no work {task.kind} vs {sorted(works)}")
    return works[task.kind](task)


def versions():
    packages = ["numpy", "onnxruntime", "polars", "pyarrow", "pyspark", "mlflow"]
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **found}


if __name__ == "__main__":
    protocol.serve(make, versions)
