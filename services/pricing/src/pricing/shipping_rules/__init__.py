"""What a company charges for shipping."""
