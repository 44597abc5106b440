"""What staff see and do of abandoned carts: the list with their mails, send now, dismiss."""
