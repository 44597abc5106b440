"""The protocol: bodies, answers, problem documents, pages, and the middleware around every exchange."""
