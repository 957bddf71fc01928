"""The loop without hands: drives an instance through its public HTTP API as people who know the truth."""
