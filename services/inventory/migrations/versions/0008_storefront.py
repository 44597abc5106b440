"""A storefront lists the catalogue: products by words and category, prices in a site's currency, answers by version.

Words are found by a B-tree of a company's terms, not by a GIN index: under row-level security PostgreSQL gives an index
only conditions that cannot leak what they read, and `@@` and `@>` are not among them (docs/adr/0043). Triggers keep the
terms, so that products that older code writes are found too.
"""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0008"
down_revision = "0007"

TABLES = (
    """
    CREATE TABLE product_terms (
        company_id uuid NOT NULL,
        term text COLLATE "C" NOT NULL,
        product_id uuid NOT NULL,
        PRIMARY KEY (company_id, term, product_id)
    )
    """,
    "CREATE INDEX product_terms_of_product ON product_terms (company_id, product_id)",
    """
    CREATE TABLE sites (
        company_id uuid NOT NULL,
        id uuid NOT NULL,
        version bigint NOT NULL,
        currency text NOT NULL,
        deleted boolean NOT NULL,
        PRIMARY KEY (company_id, id)
    )
    """,
    "CREATE TABLE catalogue_versions (company_id uuid PRIMARY KEY, version bigint NOT NULL)",
)

KEEP_TERMS = """
CREATE FUNCTION keep_product_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM product_terms WHERE company_id = new.company_id AND product_id = new.id;
    END IF;
    INSERT INTO product_terms (company_id, term, product_id)
    SELECT new.company_id, term, new.id FROM (
        SELECT unnest(tsvector_to_array(new.words)) UNION SELECT '=' || unnest(new.categories)) AS t (term);
    RETURN NULL;
END $$
"""

TRIGGERS = (
    """
    CREATE TRIGGER new_products_have_terms AFTER INSERT ON products
    FOR EACH ROW EXECUTE FUNCTION keep_product_terms()
    """,
    """
    CREATE TRIGGER changed_products_have_terms AFTER UPDATE ON products FOR EACH ROW
    WHEN (old.words IS DISTINCT FROM new.words OR old.categories IS DISTINCT FROM new.categories)
    EXECUTE FUNCTION keep_product_terms()
    """,
)

FIRST_TERMS = """
INSERT INTO product_terms (company_id, term, product_id)
SELECT p.company_id, t.term, p.id FROM products p CROSS JOIN LATERAL (
    SELECT unnest(tsvector_to_array(p.words)) UNION SELECT '=' || unnest(p.categories)) AS t (term)
"""


def upgrade() -> None:
    """Make the tables, and the terms of the products that are there."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("product_terms", "sites", "catalogue_versions"):
        enable_rls(table)
    op.execute("SET LOCAL app.company_id = '*'")
    op.execute(KEEP_TERMS)
    for statement in TRIGGERS:
        op.execute(statement)
    op.execute(FIRST_TERMS)
