"""What newservice does when another service publishes something."""

from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

subscriptions = Subscriptions[None]("newservice")
answer_erasures(subscriptions)  # with what erases a customer here, once there is anything
