"""Makes the corpus of ONNX models that TestCorpus scores: models by other tools, rows to score, and
what Python's onnxruntime says of them with one thread, all rows in one call.

    "$(bin/python-env corpus)/bin/python" spark-jobs/src/test/python/make_corpus.py [FOLDER]

FOLDER is spark-jobs/src/test/resources/onnx-corpus by default and is made anew. It gets rows.parquet (the
rows of all models), NAME.onnx, and NAME.json: the columns of each of the model's inputs, and its outputs.
Seeds are fixed; a run on the same kind of processor gives the same models and values.
"""

import json
import pathlib
import shutil
import sys

import numpy as np
import onnx
import onnxruntime
import pyarrow
import pyarrow.parquet

import corpus_networks
import corpus_trees
from corpus_rows import ROWS, make_rows, tensor

OPSETS = {"": 21, "ai.onnx.ml": 3}


def processor():
    """Kernels, and so last bits, are chosen by the processor: this is how the reader tells."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        facts = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    return facts["model name"] + (" with avx512f" if "avx512f" in facts["flags"].split() else "")


def score(model, inputs, rows):
    """All outputs, of all rows in one call, as lists with an entry for each row."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    given = {
        one.name: tensor(rows, inputs[one.name], one.type, one.shape) for one in session.get_inputs()
    }
    outputs = {}
    for output, value in zip(session.get_outputs(), session.run(None, given)):
        outputs[output.name] = value if isinstance(value, list) else value.tolist()
        assert len(outputs[output.name]) == ROWS, (output.name, len(outputs[output.name]))
        if not isinstance(value, list) and value.dtype.kind == "f":
            assert np.isfinite(value).all(), output.name
    return outputs


def main():
    default = pathlib.Path(__file__).parents[1] / "resources" / "onnx-corpus"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = make_rows()
    pyarrow.parquet.write_table(rows, folder / "rows.parquet", compression="zstd")
    for name, tool, inputs, model in [
        *corpus_trees.models(rows, OPSETS),
        *corpus_networks.models(OPSETS),
    ]:
        model.graph.name = name  # converters put random words there, and the opsets in any order
        model.opset_import.sort(key=lambda opset: opset.domain)
        content = model.SerializeToString(deterministic=True)
        onnx.checker.check_model(content)
        (folder / f"{name}.onnx").write_bytes(content)
        expected = {
            "tool": tool,
            "processor": processor(),
            "inputs": inputs,
            "outputs": score(content, inputs, rows),
        }
        text = json.dumps(expected, allow_nan=False, separators=(",", ":"))
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{name}: {len(content)} + {len(text)} bytes, by {tool}")


if __name__ == "__main__":
    main()
