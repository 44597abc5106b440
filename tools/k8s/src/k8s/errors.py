"""What can keep objects from being judged."""


class CheckFailed(Exception):
    """Something that judges, or the objects themselves, failed; the message has a sentence for each fault."""
