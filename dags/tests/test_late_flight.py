"""Loads the DAGs as the DAG processor does, renders what would run, and runs the operator for real.

Needs Airflow from locks/airflow.lock; no database, no scheduler.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
import tempfile
import threading
import time
import unittest
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

DAGS = Path(__file__).resolve().parent.parent
SCRATCH = tempfile.mkdtemp(prefix="millrace-dags-")
unittest.addModuleCleanup(shutil.rmtree, SCRATCH, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=SCRATCH,
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{SCRATCH}/unused.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="INFO",
    MILLRACE_HOME="/srv/millrace",
)

import pendulum  # noqa: E402
from airflow.dag_processing.dagbag import BundleDagBag  # noqa: E402
from airflow.sdk.api.datamodels._generated import DagRun  # noqa: E402
from airflow.sdk.definitions.param import process_params  # noqa: E402
from airflow.sdk.exceptions import (  # noqa: E402
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    ParamValidationError,
)
from airflow.serialization.serialized_objects import DagSerialization  # noqa: E402
from structlog.testing import capture_logs  # noqa: E402

NEW_YORK = ZoneInfo("America/New_York")
UTC = timezone.utc


def load():
    return BundleDagBag(str(DAGS), bundle_path=DAGS)


BAG = load()


def dag_run(dag_id="late_flight", kind="scheduled", interval=None, run_after=None, conf=None):
    """What the task runner gets from the server for a run."""
    start, end = interval or (None, None)
    return DagRun.model_validate(
        {
            "dag_id": dag_id,
            "run_id": f"{kind}__x",
            "logical_date": start,
            "data_interval_start": start,
            "data_interval_end": end,
            "run_after": run_after or end,
            "start_date": None,
            "end_date": None,
            "run_type": kind,
            "state": "running",
            "conf": conf,
            "consumed_asset_events": [],
            "partition_key": None,
        }
    )


def rendered(task_id, run):
    """The command line that a task of this run would start."""
    bag = load() if run.conf else BAG  # Airflow writes a conf into the DAG's own params
    dag = bag.dags[run.dag_id]
    task = dag.get_task(task_id)
    ready = task.prepare_for_execution()
    params = process_params(dag, task, run.conf, suppress_exception=False)
    context = {"dag_run": run, "params": params, "dag": dag, "task": ready}
    ready.render_template_fields(context, dag.get_template_env())
    return ready.argv


def day_of(run, task_id="score"):
    argv = rendered(task_id, run)
    return argv[argv.index("--date") + 1]


def scheduled(dag_id="late_flight"):
    """The DAG as the scheduler sees it: with the timetable that makes the intervals."""
    return DagSerialization.from_dict(DagSerialization.to_dict(BAG.dags[dag_id]))


class Structure(unittest.TestCase):
    def test_both_dags_load_without_an_error(self):
        self.assertEqual(BAG.import_errors, {})
        self.assertEqual(sorted(BAG.dags), ["late_flight", "late_flight_training"])

    def test_each_room_is_a_task_and_they_run_in_order(self):
        for dag_id, rooms in {
            "late_flight": ["ingest", "materialize", "validate", "score", "publish", "monitor"],
            "late_flight_training": ["training_set", "train", "gate"],
        }.items():
            dag = BAG.dags[dag_id]
            self.assertEqual([task.task_id for task in dag.topological_sort()], rooms)
            for task, following in zip(rooms, rooms[1:] + [None]):
                expected = {following} if following else set()
                self.assertEqual(dag.get_task(task).downstream_task_ids, expected)

    def test_one_run_at_a_time_without_catch_up_and_with_retries(self):
        for dag in BAG.dags.values():
            self.assertEqual(dag.max_active_runs, 1)
            self.assertFalse(dag.catchup)
            for task in dag.tasks:
                self.assertEqual(task.retries, 3)
                self.assertEqual(task.retry_delay, timedelta(minutes=5))
                self.assertEqual(task.max_retry_delay, timedelta(hours=1))
                self.assertEqual(task.execution_timeout, timedelta(hours=3))
                self.assertEqual(task.trigger_rule, "all_success")

    def test_the_scheduler_can_read_both(self):
        self.assertEqual(scheduled().timetable.summary, "0 6 * * *")
        self.assertEqual(scheduled("late_flight_training").timetable.summary, "0 8 * * 1")


class TheDayOfARun(unittest.TestCase):
    def test_a_scheduled_run_renders_the_command(self):
        interval = (datetime(2013, 12, 1, 11, tzinfo=UTC), datetime(2013, 12, 2, 11, tzinfo=UTC))
        self.assertEqual(
            rendered("score", dag_run(interval=interval)),
            ["/srv/millrace/bin/millrace", "score", "late_flight"]
            + ["--date", "2013-12-01", "--conf", "/srv/millrace/conf"],
        )

    def test_every_day_of_a_year_has_one_run_clock_changes_included(self):
        infos = scheduled().iter_dagrun_infos_between(
            pendulum.datetime(2013, 1, 1, tz="America/New_York"),
            pendulum.datetime(2013, 12, 31, 6, tz="America/New_York"),
        )
        for kind in ("scheduled", "backfill"):
            infos = list(infos)
            days = [day_of(dag_run(kind=kind, interval=i.data_interval)) for i in infos]
            first = date(2013, 1, 1)
            self.assertEqual(days, [(first + timedelta(days=n)).isoformat() for n in range(365)])
            for day, info in zip(days, infos):
                start = info.data_interval.start.in_timezone("America/New_York")
                self.assertEqual(start.format("YYYY-MM-DD HH"), day + " 06")

    def test_the_runs_around_both_clock_changes_close_at_six_by_the_local_clock(self):
        for day, utc_start, utc_end in (
            ("2013-03-09", 11, 10),
            ("2013-03-10", 10, 10),
            ("2013-11-02", 10, 11),
            ("2013-11-03", 11, 11),
        ):
            start = pendulum.parse(day, tz="America/New_York").add(hours=6).at(6)
            info = next(iter(scheduled().iter_dagrun_infos_between(start, start)))
            self.assertEqual(info.data_interval.start.in_timezone("UTC").hour, utc_start)
            self.assertEqual(info.data_interval.end.in_timezone("UTC").hour, utc_end)
            self.assertEqual(day_of(dag_run(interval=info.data_interval)), day)

    def test_a_manual_run_with_a_logical_date_means_the_interval_that_airflow_gives_it(self):
        at = pendulum.datetime(2013, 12, 2, 9, tz="America/New_York")
        interval = scheduled().timetable.infer_manual_data_interval(run_after=at)
        self.assertEqual(day_of(dag_run(kind="manual", interval=interval, run_after=at)), "2013-12-01")

    def test_a_manual_run_that_sends_its_interval_means_that_day(self):
        interval = (datetime(2013, 11, 3, 6, tzinfo=NEW_YORK), datetime(2013, 11, 4, 6, tzinfo=NEW_YORK))
        self.assertEqual(day_of(dag_run(kind="manual", interval=interval)), "2013-11-03")
        midnight = (datetime(2013, 11, 3, tzinfo=NEW_YORK), datetime(2013, 11, 4, tzinfo=NEW_YORK))
        self.assertEqual(day_of(dag_run(kind="manual", interval=midnight)), "2013-11-03")

    def test_a_manual_run_without_a_logical_date_means_the_last_day_that_has_ended_locally(self):
        for run_after, day in (
            (datetime(2013, 12, 2, 4, 59, tzinfo=UTC), "2013-11-30"),  # still 23:59 on the 1st
            (datetime(2013, 12, 2, 5, 0, tzinfo=UTC), "2013-12-01"),
            (datetime(2013, 7, 2, 3, 59, tzinfo=UTC), "2013-06-30"),
            (datetime(2013, 7, 2, 4, 0, tzinfo=UTC), "2013-07-01"),
        ):
            self.assertEqual(day_of(dag_run(kind="manual", run_after=run_after)), day)

    def test_a_manual_run_may_name_its_day_and_its_definitions(self):
        run = dag_run(
            kind="manual",
            run_after=datetime(2026, 1, 1, tzinfo=UTC),
            conf={"day": "2013-12-24", "conf": "/srv/other conf; rm -rf ~"},
        )
        self.assertEqual(
            rendered("ingest", run)[3:], ["--date", "2013-12-24", "--conf", "/srv/other conf; rm -rf ~"]
        )

    def test_a_backfill_may_not_name_one_day_for_all_its_runs(self):
        interval = (datetime(2013, 12, 1, 11, tzinfo=UTC), datetime(2013, 12, 2, 11, tzinfo=UTC))
        run = dag_run(kind="backfill", interval=interval, conf={"day": "2013-12-24"})
        with self.assertRaisesRegex(AirflowFailException, "2013-12-24 of the conf in a backfill run"):
            rendered("score", run)

    def test_a_day_that_is_no_date_is_refused(self):
        run = dag_run(kind="manual", run_after=datetime(2026, 1, 1, tzinfo=UTC), conf={"day": "yesterday"})
        with self.assertRaisesRegex(ParamValidationError, "yesterday"):
            rendered("score", run)

    def test_the_weekly_training_means_the_sunday_that_has_just_ended(self):
        info = next(
            iter(
                scheduled("late_flight_training").iter_dagrun_infos_between(
                    pendulum.datetime(2013, 10, 28, 8, tz="America/New_York"),
                    pendulum.datetime(2013, 11, 4, 8, tz="America/New_York"),
                )
            )
        )
        argv = rendered("training_set", dag_run("late_flight_training", interval=info.data_interval))
        self.assertEqual(argv[1:5], ["training-set", "late_flight", "--date", "2013-11-03"])


class Pushed:
    """In place of the task instance: keeps what is pushed."""

    def __init__(self):
        self.values = {}

    def xcom_push(self, key, value):
        self.values[key] = value


class TheOperator(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(dir=SCRATCH))
        self.task_instance = Pushed()
        self.logs = self.enterContext(capture_logs())

    def operator(self, script, **settings):
        from millrace_operator import MillraceOperator

        (self.home / "bin").mkdir()
        command = self.home / "bin" / "millrace"
        command.write_text("#!/bin/sh\n" + script)
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        return MillraceOperator(
            task_id="score",
            verb="score",
            pipeline="late_flight",
            day="2013-12-01",
            conf="conf",
            home=str(self.home),
            **settings,
        )

    def run_with(self, code, last='{"run_key":"late_flight.score.2013-12-01","message":"as printed"}'):
        operator = self.operator(f"echo starting\necho '{last}'\necho 'shutting down' >&2\nexit {code}\n")
        return operator.execute({"ti": self.task_instance})

    def test_exit_0_succeeds_and_returns_the_result_line(self):
        self.assertEqual(self.run_with(0)["message"], "as printed")

    def test_exits_66_and_99_skip(self):
        for code, why in ((66, "the gate rejected the model"), (99, "there is nothing to do")):
            with self.subTest(code), self.assertRaisesRegex(AirflowSkipException, f"{why} .exit code {code}: as printed"):
                self.setUp()
                self.run_with(code)

    def test_exits_64_65_70_and_1_fail_for_good(self):
        for code in (64, 65, 70, 1):
            with self.subTest(code), self.assertRaisesRegex(AirflowFailException, f"exit code {code}: as printed"):
                self.setUp()
                self.run_with(code)

    def test_all_other_exits_fail_and_may_be_retried(self):
        for code in (2, 69, 75, 137):
            with self.subTest(code), self.assertRaisesRegex(AirflowException, f"exit code {code}: as printed") as raised:
                self.setUp()
                self.run_with(code)
            self.assertNotIsInstance(raised.exception, (AirflowFailException, AirflowSkipException))

    def test_a_failed_job_leaves_its_result_too(self):
        with self.assertRaises(AirflowFailException):
            self.run_with(65)
        self.assertEqual(self.task_instance.values["return_value"]["run_key"], "late_flight.score.2013-12-01")

    def test_a_job_without_a_result_line_still_maps_by_its_exit_code(self):
        self.assertIsNone(self.run_with(0, last="no JSON"))
        self.setUp()
        with self.assertRaisesRegex(AirflowException, r"the job broke \(exit code 137\)"):
            self.run_with(137, last="[1, 2]")
        self.assertEqual(self.task_instance.values, {})

    def test_a_password_in_an_address_reaches_neither_the_log_nor_the_result(self):
        line = '{"run_key":"k","values":{"mlflow":"http://me:hush@127.0.0.1:5000/"}}'
        result = self.run_with(0, last=line)
        self.assertEqual(result["values"]["mlflow"], "http://***@127.0.0.1:5000/")
        self.assertIn("***@127.0.0.1", str(self.logs))
        self.assertNotIn("hush", str(self.logs))

    def test_arguments_reach_the_job_as_they_are(self):
        operator = self.operator('printf "%s\\n" "$@" > seen\n')
        operator.conf = "a b; $(touch oops) `x`"
        operator.execute({"ti": self.task_instance})
        seen = (self.home / "seen").read_text().splitlines()
        self.assertEqual(seen, ["score", "late_flight", "--date", "2013-12-01", "--conf", "a b; $(touch oops) `x`"])
        self.assertFalse((self.home / "oops").exists())

    def test_a_missing_command_fails_for_good_and_says_where_to_look(self):
        operator = self.operator("")
        operator.home = str(self.home / "nowhere")
        with self.assertRaisesRegex(AirflowFailException, "nowhere.*set MILLRACE_HOME"):
            operator.execute({"ti": self.task_instance})

    def test_a_chatty_job_does_not_block(self):
        operator = self.operator(
            "i=0; while [ $i -lt 4000 ]; do echo out-$i-0123456789; echo err-$i-0123456789 >&2; i=$((i+1)); done\n"
        )
        operator.execute({"ti": self.task_instance})

    def test_killing_the_task_ends_the_whole_process_group(self):
        operator = self.operator("sleep 600 & echo $! > child; wait\n")
        failure = self.kill_when_running(operator)
        self.assertRegex(failure, "exit code -15")
        self.assert_ended(int((self.home / "child").read_text()))

    def test_a_job_that_does_not_listen_is_killed_after_the_grace_time(self):
        operator = self.operator(
            "trap '' TERM\nsleep 600 & echo $! > child; while :; do wait; done\n", kill_grace_seconds=0.3
        )
        failure = self.kill_when_running(operator)
        self.assertRegex(failure, "exit code -9")
        self.assert_ended(int((self.home / "child").read_text()))

    def test_a_time_limit_ends_the_job_too(self):
        operator = self.operator("sleep 600 & echo $! > child; wait\n")

        def time_is_up(number, frame):
            raise TimeoutError("time is up")

        before = signal.signal(signal.SIGALRM, time_is_up)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            with self.assertRaisesRegex(TimeoutError, "time is up"):
                operator.execute({"ti": self.task_instance})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assert_ended(int((self.home / "child").read_text()))

    def kill_when_running(self, operator):
        failures = []

        def run():
            try:
                operator.execute({"ti": self.task_instance})
            except AirflowException as e:
                failures.append(str(e))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        child = self.home / "child"
        self.until(lambda: child.exists() and child.read_text().strip())
        operator.on_kill()
        thread.join(timeout=10)
        self.assertFalse(thread.is_alive())
        return failures[0]

    def assert_ended(self, pid):
        def ended():
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except FileNotFoundError:
                return True
            return state == "Z"  # dead, and not yet collected by its parent

        self.until(ended)

    def until(self, condition):
        deadline = time.monotonic() + 10
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited 10 s in vain")
            time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
