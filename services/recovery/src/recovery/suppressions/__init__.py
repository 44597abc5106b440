"""Who gets no more recovery mail from a company."""
