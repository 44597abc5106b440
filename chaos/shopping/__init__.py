"""Shoppers who go on whatever breaks: each command is sent under one key until its answer is known."""
