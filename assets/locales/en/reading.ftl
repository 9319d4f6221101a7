### English: reading files: scanning, archives, tolerant parsing.
