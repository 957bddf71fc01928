"""What the Makefile calls before anything is installed: plain Python 3.11, standard library only."""
