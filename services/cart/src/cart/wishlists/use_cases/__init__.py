"""What is done with wishlists, beside reading and changing one."""
