# The search, the nodes page and the queue on screen.

