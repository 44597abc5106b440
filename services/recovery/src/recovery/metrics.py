"""What recovery counts (operations.md, "Metrics"); counted after the commit, so a rollback counts nothing."""

from prometheus_client import Counter

mails = Counter("cart_recovery_emails_sent", "Recovery mails by what became of them at the provider.", ["outcome"])
clicks = Counter("cart_recovery_clicks", "First clicks of people on the link of a mail.")
restores = Counter("cart_recovery_restores", "Carts brought back through a link.")
unknown = Counter("cart_recovery_emails_unknown", "Mails whose worker died before their outcome was recorded.")
unwritable = Counter("cart_recovery_emails_unwritable", "Mails given up because they could not be written.")
