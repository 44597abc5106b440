"""The statements that keep a table's rows apart by company (docs/adr/0003)."""

_TENANT = "(SELECT nullif(nullif(current_setting('app.company_id', true), ''), '*')::uuid)"
_SYSTEM = "(SELECT current_setting('app.company_id', true) = '*')"
_VISIBLE = f"company_id = {_TENANT} OR {_SYSTEM}"
# The sub-selects read the setting once a statement, not once a row; unset, both are null and nothing is visible.


def statements(table: str) -> tuple[str, ...]:
    """Let a unit see and write only its own company's rows of `table`; a system unit all; an unset tenant none."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({_VISIBLE}) WITH CHECK ({_VISIBLE})",
    )
