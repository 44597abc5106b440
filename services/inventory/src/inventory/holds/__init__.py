"""Stock taken for a cart until checkout is done or time is up."""
