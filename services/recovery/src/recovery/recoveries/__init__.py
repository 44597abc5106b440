"""Recoveries: from an abandonment to a stopped, finished or successful sequence of mails."""
