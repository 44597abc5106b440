"""What of cart's state other services keep, for a new consumer or an empty replica."""

from servicekit.messaging.republishing import PublishedState

from cart.sites import service as sites

STATE = PublishedState(companies=sites.company_ids, sources={"sites": sites.current_events})
