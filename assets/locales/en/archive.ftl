# The local archive.

