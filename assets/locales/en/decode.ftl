### English: decoding pixels.
