"""The signed tokens and addresses of links; pure."""
