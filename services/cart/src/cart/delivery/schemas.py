"""The bodies of the routes of address and shipping option."""

from uuid import UUID

from servicekit.http.bodies import Body


class ChooseShipping(Body):
    """The id of one of the options that the shipping estimate offers."""

    id: UUID
