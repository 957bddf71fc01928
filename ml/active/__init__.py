"""Which pictures people should label next, and a random slice that keeps the answer honest."""
