"""Breaking the platform on purpose while shoppers shop; a ledger outside it shows that nothing is lost or doubled."""
