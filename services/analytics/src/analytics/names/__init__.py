"""What sites and products are called: replicas, by the newest version seen."""
