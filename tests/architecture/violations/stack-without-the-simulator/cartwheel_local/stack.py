"""A stack that makes its shops by itself."""

import simulator.merchant  # noqa: F401
