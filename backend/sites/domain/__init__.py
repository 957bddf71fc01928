"""Rules of sites that need no database."""
