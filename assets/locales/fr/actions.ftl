### Français : outils, actions et leurs explications.
