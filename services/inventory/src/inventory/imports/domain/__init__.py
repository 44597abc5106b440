"""What an import is, apart from files and tables."""
