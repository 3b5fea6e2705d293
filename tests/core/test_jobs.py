"""Jobs of the worker: one worker at a time, not too often, and none stops another."""

import logging
from datetime import timedelta

import pytest

from resourcecenter.core.jobs import Job, JobRun, run_due
from resourcecenter.core.logs import about
from tests.mailserver import Clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def done():
    return []


def test_a_job_of_each_look_runs_at_each_look(clock, done):
    job = Job("look", timedelta(0), lambda: done.append("look"))
    for _ in range(3):
        run_due([job])
    assert done == ["look"] * 3


def test_a_daily_job_runs_once_a_day(clock, done):
    job = Job("daily", DAY, lambda: done.append(clock.now))
    first = clock.now
    for _ in range(4 * 24):
        run_due([job])
        clock.move_on(minutes=30)
    assert done == [first, first + DAY]


def test_what_a_job_returns_and_when_it_ran_can_be_read(clock):
    begun = clock.now

    def work():
        clock.move_on(minutes=5)
        return 12

    run_due([Job("count", DAY, work)])
    run = JobRun.objects.get()
    assert (str(run), run.result, run.error) == ("count", "12", "")
    assert (run.started_at, run.finished_at) == (begun, begun + timedelta(minutes=5))


def test_a_job_that_fails_is_logged_and_the_next_goes_on(clock, done, caplog):
    jobs = [Job("bad", DAY, lambda: 1 // 0), Job("good", DAY, lambda: done.append("good"))]
    run_due(jobs)
    bad, good = JobRun.objects.all()
    assert done == ["good"]
    assert (bad.result, bad.error) == ("", "ZeroDivisionError: integer division or modulo by zero")
    assert (good.result, good.error) == ("", "")
    assert [(record.levelno, record.exc_info[0]) for record in caplog.records] == [(logging.ERROR, ZeroDivisionError)]


def test_what_a_job_logs_names_the_job(clock, done):
    run_due([Job("one", DAY, lambda: done.append(about.get())), Job("two", DAY, lambda: 1 // 0)])
    assert done == [{"job": "one"}]
    assert about.get() == {}


def test_a_job_that_failed_waits_a_minute_and_a_daily_one_a_day(clock, done):
    def fail(name):
        done.append(name)
        raise OSError

    jobs = [Job("look", timedelta(0), lambda: fail("look")), Job("daily", DAY, lambda: fail("daily"))]
    run_due(jobs)
    clock.move_on(seconds=59)
    run_due(jobs)
    assert done == ["look", "daily"]
    clock.move_on(seconds=1)
    run_due(jobs)
    assert done == ["look", "daily", "look"]


def test_an_error_is_forgotten_when_the_job_succeeds(clock):
    run_due([Job("job", timedelta(0), lambda: 1 // 0)])
    clock.move_on(minutes=1)
    run_due([Job("job", timedelta(0), lambda: "fine")])
    assert list(JobRun.objects.values_list("result", "error")) == [("fine", "")]


def test_a_second_worker_does_not_begin_a_job_that_one_is_at(clock, done):
    def work():
        done.append("begun")
        if len(done) < 3:
            run_due([job])  # what a second worker does meanwhile

    job = Job("job", timedelta(0), work)
    run_due([job])
    assert done == ["begun"]


def test_of_two_workers_that_saw_the_same_row_one_begins(clock, done, monkeypatch):
    job = Job("job", timedelta(0), lambda: done.append("run"))
    judge = JobRun.is_due

    def overtaken(run, job):
        monkeypatch.setattr(JobRun, "is_due", judge)
        clock.move_on(seconds=1)
        run_due([job])
        return judge(run, job)

    monkeypatch.setattr(JobRun, "is_due", overtaken)
    run_due([job])
    assert done == ["run"]


def test_the_job_of_a_killed_worker_is_taken_over_when_its_hold_ends(clock, done):
    class Killed(BaseException):
        pass

    def die():
        raise Killed

    with pytest.raises(Killed):
        run_due([Job("job", timedelta(0), die, holds=timedelta(minutes=10))])
    job = Job("job", timedelta(0), lambda: done.append("run"), holds=timedelta(minutes=10))
    clock.move_on(minutes=9)
    run_due([job])
    assert done == []
    clock.move_on(minutes=1)
    run_due([job])
    assert done == ["run"]


def test_a_worker_that_was_overtaken_does_not_write_over_the_other(clock):
    def slow():
        clock.move_on(hours=2)
        run_due([Job("job", DAY, lambda: "the second")])
        return "the first"

    JobRun.objects.all().delete()
    run_due([Job("job", timedelta(0), slow)])
    assert JobRun.objects.get().result == "the second"


def test_no_job_begins_when_the_worker_is_to_stop(clock, done):
    jobs = [Job(name, DAY, lambda name=name: done.append(name)) for name in ["one", "two"]]
    run_due(jobs, is_stopping=lambda: bool(done))
    assert done == ["one"]
