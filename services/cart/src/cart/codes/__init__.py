"""What discount codes stand for, as pricing has answered lately."""
