"""What is bought together, learned from sales."""
