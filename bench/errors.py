"""What ends a run of the benchmark."""


class BenchError(Exception):
    """Something needed is missing or did not work; the text says what."""
