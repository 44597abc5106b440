"""Who is calling: credentials as a request carries them, the tokens that prove them, and the `Caller` they make."""
