### Français : décodage des pixels.
