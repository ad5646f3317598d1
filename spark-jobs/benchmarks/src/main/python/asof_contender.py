"""A Python contender of bin/bench asof. Its argument is the task as JSON; see protocol.py."""

import importlib.metadata
import platform

import protocol


def make(task):
    import asof_peers

    works = {
        "duckdb": asof_peers.DuckDb,
        "duckdb-windows": asof_peers.DuckDbWindows,
        "polars": asof_peers.Polars,
        "tempo": asof_peers.Tempo,
        "feast": asof_peers.Feast,
    }
    if task.kind not in works:
        raise ValueError(f"no work {task.kind} vs {sorted(works)}")
    return works[task.kind](task)


def versions():
    packages = ["duckdb", "polars", "pyspark", "dbl-tempo", "feast"]
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **found}


if __name__ == "__main__":
    protocol.serve(make, versions)
