# Ce que disent les vues : coins, valeurs, gestes de la souris.

viewport-name = Vue : { $content }
viewport-hidden = Identité masquée
viewport-no-name = (sans nom)
viewport-series = Sé { $number }
viewport-image = Im { $number }/{ $of }
viewport-thickness = épaisseur { $value }
viewport-window = L { $width }  N { $center }
viewport-voi-lut = Table propre à l’image (L { $width }  N { $center })
viewport-zoom = Zoom { $percent } %
viewport-filter-nearest = pixel le plus proche
viewport-filter-cubic = cubique
viewport-inverted = inversé
viewport-lossy = Compression avec perte
viewport-lossy-ratio = Compression avec perte { $ratio } : 1
viewport-slices = Coupes

plane-axial = Axial
plane-coronal = Coronal
plane-sagittal = Sagittal

calibration-calibrated = calibré
calibration-magnified = corrigé de l’agrandissement
calibration-detector = au détecteur
calibration-scanner = sur le film
calibration-ultrasound = région échographique

probe-point = ({ $x } ; { $y } ; { $z }) mm
probe-pixel = pixel ({ $column } ; { $row })
probe-padding = pas d’image ici
probe-gap = coupe manquante

arrow-text = Texte de la flèche

pointer-left = Glisser à gauche
pointer-left-does = L’outil choisi
pointer-alt-left = Alt + glisser à gauche
pointer-middle = Glisser au milieu
pointer-right = Glisser à droite
pointer-right-click = Clic droit
pointer-menu-does = Menu de la vue
pointer-double-click = Double clic
pointer-maximise-does = La vue sur toute la fenêtre, et retour
pointer-wheel = Molette
pointer-slice-does = Une image par cran
pointer-shift-wheel = Maj + molette
pointer-slices-does = Dix images par cran
pointer-ctrl-wheel = Ctrl + molette
pointer-zoom-does = Zoom au pointeur
pointer-shift-move = Maj + déplacer
pointer-point-does = Toutes les vues vont au point sous le pointeur
