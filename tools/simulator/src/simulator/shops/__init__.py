"""What a new stack is filled with, through the services' own routes: companies, sites, products and rules."""
