"""Emptying the broker's queues: what waits there may be of transactions that a restored database never had."""

import aio_pika
from aio_pika.exceptions import ChannelNotFoundEntity
from localservers.home import Home
from localservers.rabbitmq import start_rabbitmq
from servicekit.messaging.topology import DELAYS

from cartwheel_local.secrets import Secrets
from cartwheel_local.services import MANIFESTS


async def empty_queues(home: Home, secrets: Secrets) -> int:
    """Take every event out of the services' queues and the delays, and return how many those were.

    For after a restore, while no service runs. Nothing is lost: what its publisher still has is in its outbox, from
    where `resend` publishes it again. Dead letters stay. The broker is started if it does not run.
    """
    names = [queue for manifest in MANIFESTS for queue in manifest.worker.queues] + [delay.name for delay in DELAYS]
    connection = await aio_pika.connect(await start_rabbitmq(home, secrets))
    emptied = 0
    async with connection:
        for name in names:
            channel = await connection.channel()  # a queue that is missing closes its channel
            try:
                queue = await channel.get_queue(name)
                emptied += (await queue.purge()).message_count or 0
            except ChannelNotFoundEntity:
                continue
            await channel.close()
    return emptied
