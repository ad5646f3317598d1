"""A contender's side of the conversation: see org.millrace.bench.run.ContenderProcess.

A work is an object with `check()`, which scores the check rows and returns (ids, scores), or the
sums of them, and `run()`, which does the whole job once. Everything printed goes to standard error, also what child
processes print; the answers alone go to the standard output that the driver reads.
"""

import json
import os
import sys
import time
import traceback
from types import SimpleNamespace

WEIGHTS = 1009  # org.millrace.bench.run.Check


def sums(ids, scores):
    """What the driver compares: sums of the scores, plain, weighted by row and absolute."""
    import numpy as np

    scores = np.asarray(scores, np.float64)
    weights = np.asarray(ids, np.int64) % WEIGHTS
    return {
        "rows": len(scores),
        "sum": float(scores.sum()),
        "weighted": float((scores * weights).sum()),
        "absolute": float(np.abs(scores).sum()),
    }


def serve(make_work, versions):
    """Answers until told to end. `make_work` gets the task; `versions` returns names and versions."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(reply):
        answers.write(json.dumps(reply) + "\n")
        answers.flush()

    try:
        task = SimpleNamespace(**json.loads(sys.argv[1]))
        work = make_work(task)
        answer({"ready": True, "versions": versions()})
    except Exception as e:
        traceback.print_exc()
        answer({"error": repr(e)})
        return
    for question in map(str.strip, sys.stdin):
        if question == "end":
            break
        try:
            answer(reply_to(question, work, task))
        except Exception as e:
            traceback.print_exc()
            answer({"error": repr(e)})


def reply_to(question, work, task):
    if question == "check":
        checked = work.check()
        return checked if isinstance(checked, dict) else sums(*checked)
    if question == "round":
        start = time.perf_counter()
        work.run()
        return {"seconds": time.perf_counter() - start, "rows": task.rows}
    raise ValueError(f"unknown question {question}")
