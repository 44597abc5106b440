"""The carts that were there before changes were noted are counted, once."""

from alembic import op

revision = "0012"
down_revision = "0011"

COUNT = """
WITH included AS (DELETE FROM cart_count_changes)
INSERT INTO cart_counts (company_id, site_id, currency, status, carts, with_lines, total)
SELECT company_id, site_id, currency, status, count(*), count(*) FILTER (WHERE item_count > 0), sum(total)
FROM carts GROUP BY company_id, site_id, currency, status
"""


def upgrade() -> None:
    """Count every cart while all are used: no lock is taken.

    One statement sees one moment: a change that had committed by then is counted with its cart, so its note goes;
    one that commits later stays noted. Nothing folds notes before this has run.
    """
    op.execute(COUNT)
