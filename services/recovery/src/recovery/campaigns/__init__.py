"""Campaigns: the sequence of mails after an abandonment, its words and its limits, as data of a company."""
