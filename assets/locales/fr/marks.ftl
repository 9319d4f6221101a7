### Français : ce qui recouvre une image : superpositions, volet d’affichage.

viewport-overlays-off = superpositions masquées
viewport-marks-faulty = superposition ou volet défectueux
viewport-marks-in-stack = superpositions : pile seule
viewport-shutter-off = volet ouvert
menu-overlay = Superposition { $number } { $name }

## Ce qui recouvre une image et ne peut pas être affiché

overlay-not-shown = La superposition { $group } n’est pas affichée : { $reason }
overlay-no-data = elle ne contient pas de données
overlay-no-size = sa taille n’est pas indiquée
overlay-layout = { $bits } bits par pixel ne sont pas pris en charge
overlay-too-short = il faut { $needed } octets à ses { $columns } × { $rows } pixels et { $found } sont présents
overlay-bit-taken = le bit { $bit } des pixels n’est pas libre pour elle
overlay-bits-lost = ses bits ne sont pas dans les pixels compressés
shutter-not-applied = Le volet { $shape } n’est pas appliqué : sa description manque ou est incohérente
shutter-rectangular = rectangulaire
shutter-circular = circulaire
shutter-polygonal = polygonal
shutter-bitmap = matriciel
shutter-covers-all = Le volet d’affichage n’est pas appliqué : il couvrirait toute l’image
