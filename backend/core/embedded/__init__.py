"""PostgreSQL and Redis as children of one process: the binaries of two wheels, on unix sockets only."""
