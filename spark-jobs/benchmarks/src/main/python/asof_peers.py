"""As-of joins as other tools do them: each with its best settings, all values of all views out.

A view's columns are the key, event_timestamp and v<view>_0 to v<view>_9; the rule is "the last at
or before as_of", without ties, which the data does not have.
"""

import os

VALUES = 10
WEIGHTS = 1009  # org.millrace.bench.run.Check


def values(view):
    return [f"v{view}_{i}" for i in range(VALUES)]


def score(task):
    """The SQL of a row's check value, the same in every engine; a null counts too."""
    return " + ".join(
        f"coalesce({name}, -1e0) * {i + 1}"
        for view in range(len(task.views))
        for i, name in enumerate(values(view))
    )


def sums(row):
    return {"rows": row[0], "sum": row[1], "weighted": row[2], "absolute": row[3]}


SUMS = "count(*), sum(score), sum(score * (id % 1009)), sum(abs(score))"


class DuckDb:
    """ASOF LEFT JOIN into a table in memory."""

    def __init__(self, task):
        import duckdb

        self.task = task
        self.database = duckdb.connect()
        self.database.execute(f"set threads={task.cores}; set memory_limit='12GB'")
        self.database.execute(f"set temp_directory='{task.scratch}'")

    def query(self):
        key = self.task.key
        joins = "".join(
            f" asof left join '{folder}/*.parquet' f{view}"
            f" on s.{key} = f{view}.{key} and s.as_of >= f{view}.event_timestamp"
            for view, folder in enumerate(self.task.views)
        )
        carried = "".join(
            f", f{view}.* exclude ({key}, event_timestamp)" for view in range(len(self.task.views))
        )
        return f"select s.*{carried} from '{self.task.spine}/*.parquet' s{joins}"

    def run(self):
        self.database.execute("create or replace table joined as " + self.query())

    def check(self):
        self.run()
        query = f"select {SUMS} from (select id, {score(self.task)} as score from joined)"
        return sums(self.database.execute(query).fetchone())


class DuckDbWindows(DuckDb):
    """Twelve aggregates, four in each of three windows: a join on key and range of time, grouped."""

    DAYS = (1, 7, 30)

    def query(self):
        key, columns = self.task.key, []
        for days in self.DAYS:
            young = f"filter (where event_timestamp > as_of - interval {days} day)"
            columns += [
                f"count(event_timestamp) {young} count_{days}",
                f"sum(v0_0) {young} sum_{days}",
                f"avg(v0_1) {young} avg_{days}",
                f"max(v0_2) {young} max_{days}",
            ]
        return (
            f"select id, any_value(s.{key}) {key}, any_value(as_of) as_of, {', '.join(columns)}"
            f" from '{self.task.spine}/*.parquet' s left join '{self.task.views[0]}/*.parquet' e"
            f" on s.{key} = e.{key} and event_timestamp <= as_of"
            f" and event_timestamp > as_of - interval {max(self.DAYS)} day group by id"
        )

    def check(self):
        self.run()
        names = [f"{name}_{days}" for days in self.DAYS for name in ("count", "sum", "avg", "max")]
        score = " + ".join(f"coalesce({name}, -1e0) * {i + 1}" for i, name in enumerate(names))
        query = f"select {SUMS} from (select id, {score} as score from joined)"
        return sums(self.database.execute(query).fetchone())


class Polars:
    """join_asof(by=key) into a frame in memory."""

    def __init__(self, task):
        import polars

        self.task = task
        self.polars = polars

    def joined(self):
        scan = self.polars.scan_parquet
        frame = scan(self.task.spine + "/*.parquet").sort("as_of")
        for folder in self.task.views:
            facts = scan(folder + "/*.parquet").sort("event_timestamp")
            frame = frame.join_asof(
                facts,
                left_on="as_of",
                right_on="event_timestamp",
                by=self.task.key,
                strategy="backward",
                coalesce=True,
            )
        return frame.collect()

    def run(self):
        self.frame = self.joined()

    def check(self):
        polars, total = self.polars, None
        for view in range(len(self.task.views)):
            for i, name in enumerate(values(view)):
                part = polars.col(name).fill_null(-1.0) * (i + 1)
                total = part if total is None else total + part
        scored = self.joined().select("id", score=total)
        return sums(
            scored.select(
                polars.len(),
                polars.col("score").sum(),
                weighted=(polars.col("score") * (polars.col("id") % WEIGHTS)).sum(),
                absolute=polars.col("score").abs().sum(),
            ).row(0)
        )


class SparkPeer:
    """The common part: a local session, the tables opened once."""

    SETTINGS = {}

    def __init__(self, task):
        from pyspark.sql import SparkSession

        self.task = task
        self.settings = {
            "spark.master": f"local[{task.cores}]",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": task.heap,
            "spark.local.dir": os.path.join(task.scratch, "spark"),
            "spark.sql.warehouse.dir": os.path.join(task.scratch, "warehouse"),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.autoBroadcastJoinThreshold": "-1",
        }
        builder = SparkSession.builder
        for name, value in self.settings.items():
            builder = builder.config(name, value)
        self.spark = builder.getOrCreate()
        self.spark.sparkContext.setLogLevel("ERROR")
        self.spine = self.spark.read.parquet(task.spine)
        self.views = [self.spark.read.parquet(folder) for folder in task.views]

    def run(self):
        self.joined().write.mode("overwrite").format("noop").save()

    def sums_of(self, joined):
        scored = joined.selectExpr("id", score(self.task) + " as score")
        return sums(scored.selectExpr(*SUMS.split(", ")).first())

    def check(self):
        return self.sums_of(self.joined())


class Tempo(SparkPeer):
    """dbl-tempo's TSDF.asofJoin, one view after the other."""

    def joined(self):
        from tempo import TSDF

        keys = [self.task.key]
        series = TSDF(self.spine, ts_col="as_of", partition_cols=keys)
        for view, facts in enumerate(self.views):
            right = TSDF(
                facts.withColumnRenamed("event_timestamp", "as_of"),
                ts_col="as_of",
                partition_cols=keys,
            )
            series = series.asofJoin(
                right, right_prefix=f"r{view}", suppress_null_warning=True
            )
        joined = series.df
        for view in range(len(self.views)):
            for name in values(view):
                joined = joined.withColumnRenamed(f"r{view}_{name}", name)
        return joined


class Feast(SparkPeer):
    """Feast's Spark offline store. It takes so long that its one run is counted and checked."""

    def __init__(self, task):
        import datetime
        import warnings

        super().__init__(task)
        warnings.filterwarnings("ignore")
        os.environ["FEAST_USAGE"] = "False"
        from feast import Entity, FeatureStore, FeatureView, Field, RepoConfig, ValueType
        from feast.infra.offline_stores.contrib.spark_offline_store.spark_source import SparkSource
        from feast.types import Float64

        registry = os.path.join(task.scratch, "feast.db")
        if os.path.exists(registry):
            os.remove(registry)
        self.store = FeatureStore(
            config=RepoConfig(
                project="bench",
                provider="local",
                registry=registry,
                entity_key_serialization_version=3,
                offline_store={"type": "spark", "spark_conf": self.settings},
                online_store=None,
            )
        )
        entity = Entity(name=task.key, join_keys=[task.key], value_type=ValueType.INT64)
        made = [entity]
        for view, facts in enumerate(self.views):
            facts.createOrReplaceTempView(f"fv{view}")
            made.append(
                FeatureView(
                    name=f"view{view}",
                    entities=[entity],
                    ttl=datetime.timedelta(days=3650),
                    schema=[Field(name=name, dtype=Float64) for name in values(view)],
                    online=False,
                    source=SparkSource(
                        name=f"s{view}", table=f"fv{view}", timestamp_field="event_timestamp"
                    ),
                )
            )
        self.store.apply(made)
        self.spine.createOrReplaceTempView("spine")
        self.sums = None

    def joined(self):
        return self.store.get_historical_features(
            entity_df=f"select id, {self.task.key}, as_of as event_timestamp from spine",
            features=[
                f"view{view}:{name}" for view in range(len(self.views)) for name in values(view)
            ],
        ).to_spark_df()

    def run(self):
        self.sums = self.sums_of(self.joined())

    def check(self):
        if self.sums is None:
            self.run()
        return self.sums
