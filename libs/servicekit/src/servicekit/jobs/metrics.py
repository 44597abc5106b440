"""The measures of jobs: one set of series a job (operations.md, "Jobs")."""

from prometheus_client import Counter, Gauge, Histogram

RUNS = Counter("job_runs", "Runs of a job that ended, dry runs apart", ("job", "outcome"))
ITEMS = Counter("job_items", "Things that a job did", ("job",))
PAUSED = Gauge("job_paused", "1 while a job does not run by its schedule, because somebody paused it", ("job",))
OUTCOMES = ("done", "failed")
DURATION = Histogram(
    "job_duration_seconds", "How long a run took", ("job",), buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600, 3600)
)


def begin(job: str) -> None:
    """Count a job from zero: a first failure that makes its own series is no increase to whoever alerts on one."""
    for outcome in OUTCOMES:
        RUNS.labels(job, outcome)
