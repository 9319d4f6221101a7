# Ce que disent les vues : coins, valeurs, gestes de la souris.

viewport-name = Vue : { $content }
viewport-empty = Double-cliquez sur une série ou glissez-la ici
viewport-reading = Lecture…
viewport-hidden = Identité masquée
viewport-no-name = (sans nom)
viewport-other-patient = Autre patient : { $name }
viewport-series = Sé { $number }
viewport-image = Im { $number }/{ $of }
viewport-phase = Phase { $number }/{ $of }
viewport-volume = Volume { $number }/{ $of }
viewport-thickness = épaisseur { $value }
viewport-window = L { $width }  N { $center }
voi-named = { $name }
voi-window = Fenêtre { $number }
voi-table = Table { $number }
viewport-voi-lut = Table propre à l’image (L { $width }  N { $center })
viewport-zoom = Zoom { $percent } %
viewport-filter-nearest = pixel le plus proche
viewport-filter-cubic = cubique
viewport-inverted = inversé
viewport-lossy = Compression avec perte
viewport-lossy-ratio = Compression avec perte { $ratio } : 1
viewport-slices = Coupes
viewport-missing = { $count ->
    [one] 1 coupe manquante
   *[other] { $count } coupes manquantes
}
viewport-unreadable = { $count ->
    [one] 1 coupe illisible
   *[other] { $count } coupes illisibles
}
viewport-slice-missing = Cette coupe manque dans la série

menu-edit-text = Modifier le texte

# La barre du ciné.
cine-play = Lire
cine-stop = Arrêter
cine-faster = Plus vite
cine-slower = Moins vite
cine-position = Position dans le ciné
cine-loop = En boucle
cine-sweep = Aller-retour
cine-once = Une fois
cine-frames = À travers les coupes
cine-phases = À travers les phases
cine-fps = { $fps } im/s
cine-waiting = attente…
cine-waiting-help = L’image suivante n’est pas encore décodée : le ciné l’attend
cine-left-out = Cadence demandée : { $fps } im/s ; l’écran ne suit pas et saute des images
cine-rate-recommended = Cadence recommandée par les images
cine-rate-frame-time-vector = Durée de chaque image (Frame Time Vector)
cine-rate-frame-time = Durée des images (Frame Time)
cine-rate-camera = Cadence d’acquisition (Cine Rate)
cine-rate-frame-duration = Durée des images (Actual Frame Duration)
cine-rate-trigger-time = Délais après le déclenchement
cine-rate-video = Cadence du flux vidéo
cine-rate-default = Les images n’indiquent pas de cadence

plane-axial = Axial
plane-coronal = Coronal
plane-sagittal = Sagittal

calibration-calibrated = étalonné
calibration-magnified = corrigé de l’agrandissement
calibration-detector = au détecteur
calibration-scanner = sur le film
calibration-ultrasound = région échographique

probe-point = ({ $x } ; { $y } ; { $z }) mm
probe-pixel = pixel ({ $column } ; { $row })
probe-unmapped = pas de valeur : { $stored } enregistré, sans correspondance
probe-padding = pas d’image ici
probe-gap = coupe manquante
unit-hounsfield = UH

arrow-text = Texte de la flèche

pointer-left = Bouton gauche
pointer-left-does = Outil choisi
pointer-alt-left = Alt + bouton gauche
pointer-middle = Bouton du milieu
pointer-right = Bouton droit
pointer-right-click = Clic droit
pointer-menu-does = Menu
pointer-double-click = Double clic
pointer-maximise-does = Agrandir la vue, et retour
pointer-wheel = Molette
pointer-slice-does = Une image par cran
pointer-shift-wheel = Maj + molette
pointer-ctrl-shift-wheel = Ctrl + Maj + molette, ou molette latérale
pointer-phase-does = La même coupe à la phase, l’écho ou la valeur b suivante
pointer-slices-does = Dix images par cran
pointer-ctrl-wheel = Ctrl + molette
pointer-zoom-does = Zoom au pointeur
pointer-shift-move = Maj + déplacer
pointer-point-does = Même point partout

tool-window = Fenêtre
tool-window-help = Glisser : à droite élargit la fenêtre, en haut éclaircit
tool-pan = Déplacer
tool-pan-help = Glisser déplace l’image ; le bouton du milieu aussi
tool-zoom = Zoom
tool-zoom-help = Glisser de haut en bas agrandit au pointeur ; le bouton droit aussi
tool-scroll = Défiler
tool-scroll-help = Glisser de haut en bas dans les images ; la molette aussi
tool-length = Longueur
tool-length-help = Glisser d’une extrémité à l’autre
tool-angle = Angle
tool-angle-help = Cliquer un bras, le sommet et l’autre bras
tool-ellipse = Ellipse
tool-ellipse-help = Glisser sur la région ; Maj fait un cercle
tool-rectangle = Rectangle
tool-rectangle-help = Glisser sur la région ; Maj fait un carré
tool-probe = Sonde
tool-probe-help = Cliquer un point : sa valeur reste
tool-arrow = Flèche
tool-arrow-help = Glisser de ce qu’elle désigne vers la place du texte, puis écrire
tool-crosshair = Réticule
tool-crosshair-help = Glisser : toutes les vues vont au point sous le pointeur
