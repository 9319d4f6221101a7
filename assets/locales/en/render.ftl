### English: the graphics adapter and the passes.
