"""Where a cart is shipped to, and how: kept on the cart, and part of every price of it."""
