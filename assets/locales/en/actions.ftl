### English: tools, actions and their explanations.
