"""A stand-in for Amazon SES and S3, and a page and a JSON list that show the mails sent through it."""
