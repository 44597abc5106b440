"""Every statement about holds. What ends a hold is a compare-and-set on its state, so each hold ends once."""
