"""Rules of learning that need no database."""
