"""Products have several pictures, words to be found by, and can be deleted; variants have a weight and a cost.

Readers of products wait while the words of the products that are there are written. That a slug is one product's alone
is kept by the code, under the company's lock on its catalogue: older code, which may run beside it, repeats slugs.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = """
CREATE FUNCTION product_words(title text, handle text, categories text[], attributes jsonb) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('simple', translate(title, '-./_:@', '      ')), 'A')
    || setweight(to_tsvector('simple', translate(handle, '-./_:@', '      ')), 'B')
    || setweight(to_tsvector('simple', translate(array_to_string(categories, ' '), '-./_:@', '      ')), 'C')
    || setweight(jsonb_to_tsvector('simple', attributes, '["string"]'), 'D')
"""

PARTED_SLUGS = """
UPDATE products p SET slug = left(p.slug, 87) || '-' || right(replace(p.id::text, '-', ''), 12)
FROM (SELECT id, row_number() OVER (PARTITION BY company_id, slug ORDER BY id) AS place FROM products) AS sorted
WHERE sorted.id = p.id AND sorted.place > 1
"""
"""All but the oldest of the products that share a slug get the end of their id added to it."""


def upgrade() -> None:
    """Add columns that have defaults, and their indexes; let no two products of a company share a slug."""
    op.execute(WORDS)
    op.execute(
        "ALTER TABLE products ADD COLUMN more_images text[] NOT NULL DEFAULT '{}',"
        " ADD COLUMN deleted_at timestamptz,"
        " ADD COLUMN words tsvector GENERATED ALWAYS AS"
        " (product_words(title, handle, categories, attributes)) STORED"
    )
    op.execute("ALTER TABLE variants ADD COLUMN weight_grams integer, ADD COLUMN costs jsonb NOT NULL DEFAULT '{}'")
    op.execute("SET LOCAL app.company_id = '*'")
    op.execute(PARTED_SLUGS)
    op.execute("CREATE INDEX products_slug ON products (company_id, slug, id)")
