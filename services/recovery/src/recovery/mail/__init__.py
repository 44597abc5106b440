"""Recovery mails: their words and looks, their MIME, and the provider that they are handed to."""
