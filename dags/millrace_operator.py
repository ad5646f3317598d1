"""Runs one room of a Millrace pipeline and turns its exit code into a task state.

| exit code        | the task                                             |
|------------------|------------------------------------------------------|
| 0                | succeeds                                             |
| 66, 99           | is skipped, and so is all that follows               |
| 64, 65, 70, 1    | fails at once: trying again cannot help, or may harm |
| 75, 69, others   | fails and is retried                                 |

No shell is involved: the command is a list of arguments. Arguments can be read by everybody who can
see the run, so they never hold a secret; the job reads those from its own environment.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

SKIP = {66: "the gate rejected the model", 99: "there is nothing to do"}
PERMANENT = {
    1: "a defect of Millrace",
    64: "a definition or an argument is wrong",
    65: "data broke its contract",
    70: "it is unknown whether the publication happened: run `millrace doctor --publication RUN_KEY`",
}
RETRY = {
    69: "an external system did not answer",
    75: "an input is not there yet, or another run holds the days",
}
USER_INFO = re.compile(r"(?<=://)[^/@\s\"]+@")


def closed_day(dag_run: Any, params: Any, zone: str) -> str:
    """The calendar day in `zone` that a run is about, as 2013-12-01: the last one that had ended when
    the run's data interval closed. A run without an interval counts as closing at its `run_after`.

    A manual run may name the day in its conf instead. Other runs may not: a backfill hands one conf
    to all its runs, which would then all do the same day.
    """
    if params.get("day"):
        kind = str(getattr(dag_run.run_type, "value", dag_run.run_type))
        if kind != "manual":
            raise AirflowFailException(
                f"Cannot use the day {params['day']} of the conf in a {kind} run: "
                "its data interval determines the day; leave `day` out of the conf"
            )
        return date.fromisoformat(params["day"]).isoformat()

    closed = dag_run.data_interval_end or dag_run.run_after
    return (closed.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)).isoformat()


class MillraceOperator(BaseOperator):
    """Runs `millrace VERB PIPELINE --date DAY --conf CONF`.

    The result, one line of JSON and the last line on stdout, becomes the XCom `return_value`
    whatever the outcome, and its message ends up in the task's failure.

    :param verb: the room's command, such as `training-set`
    :param pipeline: such as `late_flight`
    :param day: calendar day, as 2013-12-01; templated
    :param conf: directory of the definitions; templated
    :param home: directory that holds `bin/millrace`
    :param kill_grace_seconds: time a killed job has to end by itself
    """

    template_fields = ("day", "conf")

    def __init__(
        self,
        *,
        verb: str,
        pipeline: str,
        day: str,
        conf: str,
        home: str,
        kill_grace_seconds: float = 20,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.verb = verb
        self.pipeline = pipeline
        self.day = day
        self.conf = conf
        self.home = home
        self.kill_grace_seconds = kill_grace_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def argv(self) -> list[str]:
        command = os.path.join(self.home, "bin", "millrace")
        return [command, self.verb, self.pipeline, "--date", self.day, "--conf", self.conf]

    def execute(self, context: Any) -> dict[str, Any] | None:
        self.log.info("Running %s", self.argv)
        code, last_line = self._run()
        result = _result(last_line)
        ending = f"exit code {code}"
        if result and result.get("message"):
            ending += f": {result['message']}"
        if code and result:
            context["ti"].xcom_push(key="return_value", value=result)
        if code in SKIP:
            raise AirflowSkipException(f"Skipped, {SKIP[code]} ({ending})")
        if code in PERMANENT:
            raise AirflowFailException(f"Not tried again, {PERMANENT[code]} ({ending})")
        if code:
            raise AirflowException(f"Failed, {RETRY.get(code, 'the job broke')} ({ending})")
        return result

    def on_kill(self) -> None:
        """Ends the job's whole process group: first asks, then kills what is left."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.log.info("Ending the process group of %s", process.pid)
        _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + self.kill_grace_seconds
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        _signal_group(process, signal.SIGKILL)

    def _run(self) -> tuple[int, str]:
        """Logs what the job prints while it runs; returns its exit code and its last line on stdout."""
        try:
            process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.home,
                start_new_session=True,
            )
        except OSError as e:
            raise AirflowFailException(
                f"Cannot start {self.argv[0]}: {e}; set MILLRACE_HOME where Airflow runs its tasks"
            ) from e

        self._process = process
        last = ""

        def keep(line: str) -> None:
            nonlocal last
            last = line
            self._log_line(line)

        with process:
            errors = threading.Thread(target=_each_line, args=(process.stderr, self._log_line), daemon=True)
            errors.start()
            try:
                _each_line(process.stdout, keep)
                code = process.wait()
            except BaseException:  # such as a time limit: the job must not outlive its task
                self.on_kill()
                raise
            finally:
                errors.join()
        return code, last

    def _log_line(self, line: str) -> None:
        self.log.info("%s", _without_user_info(line))


def _each_line(stream: IO[bytes] | None, use: Callable[[str], None]) -> None:
    for raw in stream or ():
        line = raw.decode("utf-8", errors="replace").rstrip()
        if line:
            use(line)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)  # the job leads its own session, so its pid names the group
    except ProcessLookupError:
        pass  # all of them have ended


def _result(line: str) -> dict[str, Any] | None:
    """The result line as an object; None if the job ended before it wrote one."""
    try:
        result = json.loads(_without_user_info(line))
    except ValueError:
        return None
    return result if isinstance(result, dict) and "run_key" in result else None


def _without_user_info(text: str) -> str:
    """`http://user:password@host` without what comes before the host."""
    return USER_INFO.sub("***@", text)
