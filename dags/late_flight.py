"""Late flights: the nightly rooms, one task each, and the weekly training.

The name of a task is the name of its room. Both DAGs keep New York's calendar, because the
platform's day does (`day-zone` in conf/millrace.yaml). See docs/airflow.md.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, CronDataIntervalTimetable, Param
from millrace_operator import MillraceOperator, closed_day

PIPELINE = "late_flight"
ZONE = "America/New_York"
HOME = os.environ.get("MILLRACE_HOME") or str(Path(__file__).resolve().parent.parent)


def common() -> dict[str, Any]:
    """What both DAGs have alike; made anew for each, as Airflow changes params in place."""
    return {
        "start_date": datetime(2013, 1, 1, tzinfo=ZoneInfo(ZONE)),
        "catchup": False,
        "max_active_runs": 1,  # a day's features and checks read the days before it
        "user_defined_macros": {"closed_day": closed_day},
        "params": {
            "conf": Param(f"{HOME}/conf", type="string", minLength=1, description="Directory of the definitions"),
            "day": Param(
                None,
                type=["null", "string"],
                format="date",
                description="Manual runs only: the calendar day, as 2013-12-01. Empty: the last one that has ended",
            ),
        },
        "default_args": {
            "retries": 3,
            "retry_delay": timedelta(minutes=5),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(hours=1),
            "execution_timeout": timedelta(hours=3),
        },
        "tags": ["millrace", PIPELINE],
    }


def room(task_id: str) -> MillraceOperator:
    """The task of one room, in the DAG that is being defined."""
    return MillraceOperator(
        task_id=task_id,
        verb=task_id.replace("_", "-"),
        pipeline=PIPELINE,
        day=f"{{{{ closed_day(dag_run, params, '{ZONE}') }}}}",
        conf="{{ params.conf }}",
        home=HOME,
    )


with DAG(
    dag_id="late_flight",
    description="From raw data to published predictions of one day, every morning",
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone=ZONE),
    **common(),
):
    (
        room("ingest")
        >> room("materialize")
        >> room("validate")
        >> room("score")
        >> room("publish")
        >> room("monitor")
    )

with DAG(
    dag_id="late_flight_training",
    description="A new candidate if definitions or data changed; champion only if the gate lets it pass",
    schedule=CronDataIntervalTimetable("0 8 * * 1", timezone=ZONE),
    **common(),
):
    room("training_set") >> room("train") >> room("gate")
