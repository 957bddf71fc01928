"""How good labels are, whom to trust, and what needs no second look: statistics on NumPy and SciPy, no torch."""
