"""What ends a run of the fault drill before it can judge."""


class ChaosError(Exception):
    """Something needed is missing or did not work; the text says what."""
