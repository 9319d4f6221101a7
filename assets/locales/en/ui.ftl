### English: the window.
