"""From a queue to a handler: reading, running, retrying, giving up (messaging.md, "Consuming").

`consumer` and `batch` are the two ways; `intake` takes messages, `reading` makes events of them, `failed_messages` puts
aside what cannot be handled, with the history that `retries` writes, and `outages` waits for a database that is away.
"""
