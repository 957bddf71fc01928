"""Rules of feeds that need no database."""
