"""A site made by the program: warehouse scenes in perspective with exact truth. No torch."""
