"""How many carts are in each state is kept, not counted: every change of a cart notes by how much it moved them."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0011"
down_revision = "0010"

COUNTS = """
CREATE TABLE cart_counts (
    company_id uuid NOT NULL,
    site_id    uuid NOT NULL,
    currency   text NOT NULL,
    status     text NOT NULL,
    carts      bigint NOT NULL,
    with_lines bigint NOT NULL,
    total      bigint NOT NULL,
    PRIMARY KEY (company_id, site_id, currency, status)
)
"""
CHANGES = """
CREATE TABLE cart_count_changes (
    company_id uuid NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    site_id    uuid NOT NULL,
    currency   text NOT NULL,
    status     text NOT NULL,
    carts      integer NOT NULL,
    with_lines integer NOT NULL,
    total      bigint NOT NULL,
    PRIMARY KEY (company_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
"""
NOTE = """
CREATE FUNCTION note_cart_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND old.status = new.status AND old.site_id = new.site_id AND old.currency = new.currency THEN
        INSERT INTO cart_count_changes (company_id, site_id, currency, status, carts, with_lines, total)
        VALUES (new.company_id, new.site_id, new.currency, new.status, 0,
            CAST(new.item_count > 0 AS integer) - CAST(old.item_count > 0 AS integer), new.total - old.total);
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO cart_count_changes (company_id, site_id, currency, status, carts, with_lines, total)
        VALUES (old.company_id, old.site_id, old.currency, old.status, -1, -CAST(old.item_count > 0 AS integer),
            -old.total);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO cart_count_changes (company_id, site_id, currency, status, carts, with_lines, total)
        VALUES (new.company_id, new.site_id, new.currency, new.status, 1, CAST(new.item_count > 0 AS integer),
            new.total);
    END IF;
    RETURN NULL;
END $$
"""
COMES_OR_GOES = """
CREATE TRIGGER cart_comes_or_goes AFTER INSERT OR DELETE ON carts FOR EACH ROW EXECUTE FUNCTION note_cart_counts()
"""
MOVES = """
CREATE TRIGGER cart_moves AFTER UPDATE ON carts FOR EACH ROW
WHEN (old.total <> new.total OR (old.item_count > 0) <> (new.item_count > 0) OR old.status <> new.status
    OR old.site_id <> new.site_id OR old.currency <> new.currency)
EXECUTE FUNCTION note_cart_counts()
"""


def upgrade() -> None:
    """Make the tables, and note every change from now on; an older version of the service notes them too."""
    for statement in (COUNTS, CHANGES, NOTE, COMES_OR_GOES, MOVES):
        op.execute(statement)
    for table in ("cart_counts", "cart_count_changes"):
        enable_rls(table)
