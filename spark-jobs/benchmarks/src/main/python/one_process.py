"""One Python process, no Spark: Parquet, ONNX Runtime on two threads, Parquet with id and score."""

import glob
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scorer


class OneProcess:
    """The common part: a thread for each core, one session for all."""

    def __init__(self, task):
        self.task = task
        self.onnx = scorer.session(task.model)
        self.pool = ThreadPoolExecutor(task.cores)
        self.out = os.path.join(task.scratch, "scores")
        os.makedirs(self.out, exist_ok=True)

    def score(self, values):
        return scorer.score(self.onnx, values, self.task.batch)


class Pyarrow(OneProcess):
    """pyarrow, a file a thread; `writes` tells whether the scores are written or dropped."""

    ROWS_OF_A_READ = 65536

    def __init__(self, task, writes=True):
        super().__init__(task)
        import pyarrow as pa

        pa.set_cpu_count(1)
        self.writes = writes

    def batches(self, path):
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(path).iter_batches(self.ROWS_OF_A_READ, use_threads=False):
            yield batch.column(0), self.score(scorer.matrix(batch, self.task.columns))

    def write(self, path):
        import pyarrow as pa
        import pyarrow.parquet as pq

        writer = None
        for ids, scores in self.batches(path):
            if not self.writes:
                continue
            batch = pa.RecordBatch.from_arrays([ids, pa.array(scores)], ["id", "score"])
            if writer is None:
                name = os.path.join(self.out, os.path.basename(path))
                writer = pq.ParquetWriter(name, batch.schema)
            writer.write_batch(batch)
        if writer is not None:
            writer.close()

    def run(self):
        list(self.pool.map(self.write, sorted(glob.glob(self.task.data + "/*.parquet"))))

    def check(self):
        ids, scores = [], []
        for path in sorted(glob.glob(self.task.checkData + "/*.parquet")):
            for some, scored in self.batches(path):
                ids.append(some.to_numpy())
                scores.append(scored)
        return np.concatenate(ids), np.concatenate(scores)


class Polars(OneProcess):
    """Polars reads all columns, the halves are scored side by side, Polars writes."""

    def scored(self, folder):
        import polars as pl

        frame = pl.read_parquet(folder + "/*.parquet")
        values = frame.select(self.task.columns).to_numpy(order="c")
        half = len(values) // 2
        scores = np.concatenate(list(self.pool.map(self.score, [values[:half], values[half:]])))
        return frame.select("id").with_columns(score=pl.Series(scores))

    def run(self):
        self.scored(self.task.data).write_parquet(os.path.join(self.out, "scores.parquet"))

    def check(self):
        frame = self.scored(self.task.checkData)
        return frame["id"].to_numpy(), frame["score"].to_numpy()
