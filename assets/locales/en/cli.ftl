### English: the command line.
