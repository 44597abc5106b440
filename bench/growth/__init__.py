"""Whether what is asked of one cart costs more when there are millions."""
