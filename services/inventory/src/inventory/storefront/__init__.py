"""What a storefront lists: the part of the catalogue that anybody may see."""
