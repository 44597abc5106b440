"""What each figure is, and the SQL that counts it; pure."""
