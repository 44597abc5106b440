"""What a company's staff does: the admin's routes, by subject."""

from cartwheel_client.connection import Connection
from cartwheel_client.staff.analytics import Analytics
from cartwheel_client.staff.audit import Audit
from cartwheel_client.staff.carts import Carts
from cartwheel_client.staff.catalogue import Catalogue
from cartwheel_client.staff.companies import Companies
from cartwheel_client.staff.customers import Customers
from cartwheel_client.staff.operations import Operations
from cartwheel_client.staff.pricing import Pricing
from cartwheel_client.staff.recovery import Recovery
from cartwheel_client.staff.sites import Sites


class Staff:
    """One member of staff; what their token does not allow raises Forbidden."""

    def __init__(self, connection: Connection) -> None:
        self.companies = Companies(connection)
        self.sites = Sites(connection)
        self.carts = Carts(connection)
        self.catalogue = Catalogue(connection)
        self.pricing = Pricing(connection)
        self.recovery = Recovery(connection)
        self.analytics = Analytics(connection)
        self.audit = Audit(connection)
        self.customers = Customers(connection)
        self.operations = Operations(connection)
