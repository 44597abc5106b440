"""Generated parts of hand-written files."""

import pytest
from manifests.regions import RegionMissing, fill

TEXT = """\
[one]
list =
    before
    # generated: services (make manifests)
    old
    # end of services
    after
# generated: services (make manifests)
# end of services
"""


def test_every_region_of_the_name_is_filled_as_deep_as_it_stands() -> None:
    """What is around it is nobody's business but its author's."""
    assert fill(TEXT, "services", ["cart", "", "upsell"]) == (
        "[one]\n"
        "list =\n"
        "    before\n"
        "    # generated: services (make manifests)\n"
        "    cart\n"
        "\n"
        "    upsell\n"
        "    # end of services\n"
        "    after\n"
        "# generated: services (make manifests)\n"
        "cart\n"
        "\n"
        "upsell\n"
        "# end of services\n"
    )


def test_filling_twice_changes_nothing() -> None:
    """The check compares what is there with what would be written."""
    once = fill(TEXT, "services", ["cart"])

    assert fill(once, "services", ["cart"]) == once


def test_a_region_that_somebody_took_out_is_missed() -> None:
    """Without its comments a list would silently stay as it is."""
    with pytest.raises(RegionMissing, match="# generated: databases"):
        fill(TEXT, "databases", ["cart"])
