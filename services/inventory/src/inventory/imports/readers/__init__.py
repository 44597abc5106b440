"""What a file to import is written in."""
