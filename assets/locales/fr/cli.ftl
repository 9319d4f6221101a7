### Français : la ligne de commande.
