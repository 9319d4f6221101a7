### Français : travaux, durées, âges et mots communs.
