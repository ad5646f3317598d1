"""ONNX Runtime in Python, as somebody who knows it would use it. Imported by Spark's workers too."""


def session(model, threads=1):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def matrix(batch, columns):
    """Float32 [rows, width] from an Arrow batch: of one array column, or of one column each."""
    import numpy as np

    names = batch.schema.names
    if len(columns) == 1:
        column = batch.column(names.index(columns[0]))
        if hasattr(column, "flatten"):
            return column.flatten().to_numpy(zero_copy_only=False).reshape(batch.num_rows, -1)
    values = np.empty((batch.num_rows, len(columns)), np.float32)
    for place, name in enumerate(columns):
        values[:, place] = batch.column(names.index(name)).to_numpy(zero_copy_only=False)
    return values


def score(onnx, values, rows):
    """Scores of all values, so many rows a call."""
    import numpy as np

    parts = [
        onnx.run(None, {"x": values[first : first + rows]})[0].reshape(-1)
        for first in range(0, len(values), rows)
    ]
    return np.concatenate(parts)
