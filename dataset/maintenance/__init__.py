"""Keep stores well: migrate, copy, back up and distribute them."""
