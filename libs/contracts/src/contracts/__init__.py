"""Events, money, error codes and service-to-service bodies: all that two Cartwheel services share about the domain.

One module per publishing service (`cart`, `pricing`, `inventory`, `recovery`, `upsell`), one per answering
service for internal calls (`cart_calls`, `pricing_calls`, `inventory_calls`), and `registry` for all events.
"""
