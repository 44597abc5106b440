"""From a queue to a handler: reading, running, retrying, giving up (messaging.md, "Consuming").

`consumer` and `batch` are the two ways; `intake` takes messages, `reading` makes events of them, `settling` puts failed
ones aside with the history that `retries` writes, and `outages` waits for a database that is away.
"""
