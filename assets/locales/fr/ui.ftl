### Français : la fenêtre.
