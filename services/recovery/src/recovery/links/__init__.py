"""The signed links of a mail: their tokens, the page they open, click, restore and unsubscribe."""
