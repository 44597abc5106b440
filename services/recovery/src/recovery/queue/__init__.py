"""The queue for people: abandoned carts with their mails, send now, dismiss."""
