"""What happens in a camera's picture: motion, feet, zones. Times in seconds, no torch."""
