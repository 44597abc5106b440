"""A package that breaks a rule of imports."""
