### Français : lecture des fichiers : parcours, archives, lecture tolérante.
