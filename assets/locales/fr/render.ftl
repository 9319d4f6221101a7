### Français : la carte graphique et les passes de rendu.
