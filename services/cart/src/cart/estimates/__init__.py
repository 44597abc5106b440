"""What shipping and tax would come to at an address; nothing is kept."""
