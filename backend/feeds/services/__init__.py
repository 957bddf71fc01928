"""Changes to feeds and what they send back."""
