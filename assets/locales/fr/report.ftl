### Français : comptes rendus structurés.
