"""Starting and stopping recoveries, and attributing orders to them."""
