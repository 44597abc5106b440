"""What makes two addresses one recipient, what is kept of one, and how it is sealed; pure."""
