"""What newservice does when another service publishes something."""

from servicekit.messaging.subscriptions import Subscriptions

subscriptions = Subscriptions[None]("newservice")
