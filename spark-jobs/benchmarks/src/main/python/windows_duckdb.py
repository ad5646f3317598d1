"""Windowed aggregates in DuckDB, 2 threads, from Parquet into a table in memory.

Arguments: folder, variant (extremes or sums). Each line on stdin asks for one round and gets the
seconds it took and a sum over all results. Queries: a join on key and range of time, grouped by
spine row; for sums also ASOF joins with running sums, whose difference is the window's, which is
faster and loses digits.
"""

import sys
import time

import duckdb

DAYS = (1, 7, 30)


def range_join(folder, variant):
    last = "max(v2)" if variant == "extremes" else "stddev_samp(v2)"
    names = "max" if variant == "extremes" else "dev"
    columns = []
    for d in DAYS:
        young = f"filter (where e.ts > s.ts - interval {d} day)"
        columns += [
            f"count(e.ts) {young} count_{d}",
            f"sum(v0) {young} sum_{d}",
            f"avg(v1) {young} avg_{d}",
            f"{last} {young} {names}_{d}",
        ]
    return (
        f"select s.id, any_value(s.k) k, any_value(s.ts) ts, {', '.join(columns)}"
        f" from '{folder}/spine/*.parquet' s left join '{folder}/events/*.parquet' e"
        f" on s.k = e.k and e.ts <= s.ts and e.ts > s.ts - interval {max(DAYS)} day group by s.id"
    )


def running_sums(folder):
    columns, starts, joins = [], [], []
    for d in DAYS:
        count = f"(coalesce(h.n, 0) - coalesce(l{d}.n, 0))"

        def part(name, low=f"l{d}"):
            return f"(coalesce(h.{name}, 0) - coalesce({low}.{name}, 0))"

        columns += [
            f"{count} count_{d}",
            f"if({count} = 0, null, {part('s0')}) sum_{d}",
            f"{part('s1')} / nullif({count}, 0) avg_{d}",
            f"if({count} < 2, null, sqrt(greatest(0, {part('q2')} - {part('s2')} * {part('s2')}"
            f" / {count}) / ({count} - 1))) dev_{d}",
        ]
        starts.append(f"ts - interval {d} day t{d}")
        joins.append(f"asof left join p l{d} on s.k = l{d}.k and s.t{d} >= l{d}.ts")
    return (
        "with p as materialized (select k, ts, count(*) over w n, sum(v0) over w s0,"
        f" sum(v1) over w s1, sum(v2) over w s2, sum(v2 * v2) over w q2"
        f" from '{folder}/events/*.parquet'"
        " window w as (partition by k order by ts rows unbounded preceding))"
        f" select s.id, s.k, s.ts, {', '.join(columns)}"
        f" from (select *, {', '.join(starts)} from '{folder}/spine/*.parquet') s"
        f" asof left join p h on s.k = h.k and s.ts >= h.ts {' '.join(joins)}"
    )


def main():
    folder, variant, query = sys.argv[1:4]
    database = duckdb.connect()
    database.execute("set threads = 2; set memory_limit = '8GB'; set timezone = 'UTC'")
    sql = running_sums(folder) if query == "asof" else range_join(folder, variant)
    names = "max" if variant == "extremes" else "dev"
    columns = [f"{name}_{d}" for d in DAYS for name in ("count", "sum", "avg", names)]
    terms = [f"coalesce({c}, -1) * (id % 97 + {i})" for i, c in enumerate(columns)]
    for line in sys.stdin:
        start = time.perf_counter()
        database.execute(f"create or replace table result as {sql}")
        seconds = time.perf_counter() - start
        check = database.execute(f"select sum({' + '.join(terms)}) from result").fetchone()[0]
        print(seconds, check, flush=True)


if __name__ == "__main__":
    main()
