"""What of inventory's state other services keep, for a new consumer or an empty replica."""

from servicekit.messaging.republishing import PublishedState

from inventory.bundles import service as bundles
from inventory.catalogue import repository
from inventory.catalogue import service as catalogue
from inventory.holds.use_cases.read_hold import open_hold_events
from inventory.stock import service as stock

STATE = PublishedState(
    companies=repository.companies,
    sources={
        "products": catalogue.current_events,
        "bundles": bundles.current_events,
        "stock": stock.current_events,
        "holds": open_hold_events,
    },
)
