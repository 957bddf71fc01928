"""Rules of projects that need no database."""
