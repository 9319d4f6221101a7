### Français : ce que signifient les valeurs d’une image, et les millimètres que lui donne le lecteur.

calibration-manual = étalonnage manuel
menu-calibrate-image = Étalonner cette image avec cette ligne…
menu-calibrate-series = Étalonner la série avec cette ligne…
menu-uncalibrate-image = Retirer l’étalonnage manuel de cette image
menu-uncalibrate-series = Retirer l’étalonnage manuel de la série
calibrate-image-hint = Longueur réelle de cette ligne, pour cette image
calibrate-series-hint = Longueur réelle de cette ligne, pour toutes les images de la série aux pixels identiques
calibrate-replaces = Remplace ce qu’indique l’image : { $spacing } par pixel { $source }
calibrate-wrong = Saisissez une longueur en millimètres, par exemple 25,4
history-calibrate = Étalonnage par une ligne
history-uncalibrate = Retirer l’étalonnage manuel
