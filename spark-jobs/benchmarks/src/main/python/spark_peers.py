"""PySpark's ways to score with ONNX Runtime, from Parquet to the sink `noop`."""

import os
import shutil
import sys

import scorer


class SparkPeer:
    """The common part: a local session, and the scored table planned once."""

    def __init__(self, task):
        from pyspark import cloudpickle
        from pyspark.sql import SparkSession

        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        cloudpickle.register_pickle_by_value(scorer)  # the workers do not have this folder
        self.task = task
        self.spark = (
            SparkSession.builder.master(f"local[{task.cores}]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", task.heap)
            .config("spark.local.dir", os.path.join(task.scratch, "spark"))
            .config("spark.sql.warehouse.dir", os.path.join(task.scratch, "warehouse"))
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(task.batch))
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .getOrCreate()
        )
        self.spark.sparkContext.setLogLevel("ERROR")
        self.prepare()
        self.job = self.scored(self.spark.read.parquet(task.data))

    def prepare(self):
        """What is done once, before any data is read."""

    def run(self):
        self.job.write.mode("overwrite").format("noop").save()

    def check(self):
        rows = self.scored(self.spark.read.parquet(self.task.checkData)).toPandas()
        return rows["id"], rows["score"]


class MapInArrow(SparkPeer):
    """DataFrame.mapInArrow, by an expert: Arrow to numpy without pandas, one thread a worker."""

    def scored(self, data):
        model, columns, rows = self.task.model, self.task.columns, self.task.batch

        def arrow(batches):
            import pyarrow as pa

            onnx = scorer.session(model)
            for batch in batches:
                scores = scorer.score(onnx, scorer.matrix(batch, columns), rows)
                yield pa.RecordBatch.from_arrays([batch.column(0), pa.array(scores)], ["id", "score"])

        return data.select("id", *columns).mapInArrow(arrow, "id long, score float")


class PredictBatchUdf(SparkPeer):
    """pyspark.ml.functions.predict_batch_udf, the columns as one array."""

    def scored(self, data):
        from pyspark.ml.functions import predict_batch_udf
        from pyspark.sql import functions as fn
        from pyspark.sql.types import FloatType

        model, columns, width = self.task.model, self.task.columns, self.task.width

        def make():
            onnx = scorer.session(model)
            return lambda values: onnx.run(None, {"x": values})[0].reshape(-1)

        predict = predict_batch_udf(
            make, return_type=FloatType(), batch_size=self.task.batch, input_tensor_shapes=[[width]]
        )
        features = columns[0] if len(columns) == 1 else fn.array(*columns)
        return data.select("id", predict(features).alias("score"))


class MlflowSparkUdf(SparkPeer):
    """mlflow.pyfunc.spark_udf in the local environment, one thread a worker."""

    def prepare(self):
        import mlflow
        import onnx
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, Schema

        saved = os.path.join(self.task.scratch, "mlflow-model")
        shutil.rmtree(saved, ignore_errors=True)
        inputs = Schema([ColSpec("float", name) for name in self.task.columns])
        mlflow.onnx.save_model(
            onnx.load(self.task.model),
            saved,
            signature=ModelSignature(inputs, Schema([ColSpec("float", "score")])),
            onnx_session_options={
                "intra_op_num_threads": 1,
                "inter_op_num_threads": 1,
                "execution_mode": "sequential",
            },
        )
        self.udf = mlflow.pyfunc.spark_udf(
            self.spark, saved, result_type="float", env_manager="local"
        )

    def scored(self, data):
        from pyspark.sql import functions as fn

        return data.select("id", self.udf(fn.struct(*self.task.columns)).alias("score"))
