"""Statistics of a year, counted in the database when they are asked for; every figure is the length of a list."""
