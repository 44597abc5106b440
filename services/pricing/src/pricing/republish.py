"""What of pricing's state other services keep, for a new consumer or an empty replica."""

from servicekit.messaging.republishing import PublishedState

from pricing.rule_sets import repository
from pricing.rule_sets import service as rule_sets

STATE = PublishedState(companies=repository.companies, sources={"rule-sets": rule_sets.current_events})
