"""What is done so that an open tab shows its cart as it is."""
