"""What can keep an image from being built or judged."""

from localservers.errors import LocalStackError


class NoEngine(LocalStackError):
    """None of the engines that can build an image is usable here."""


class UnknownImage(LocalStackError):
    """There is no image of this name; the message lists those that there are."""


class ImageRefused(LocalStackError):
    """An image is not what it has to be; the message names the image and each fault."""
