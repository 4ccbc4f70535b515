"""The command line: the doors a person opens in a terminal."""
