### Français : segmentations, structures et doses sur les images.

## Pourquoi un objet n’est pas tracé

layer-another-patient = Il appartient à un autre patient
layer-not-an-image = Il n’est tracé que sur des images
layer-another-space = Il est dans un autre référentiel que ces images
layer-images-no-place = Ces images n’indiquent pas leur position dans le patient
layer-other-images = Il a été fait sur d’autres images
layer-other-size = Ses coupes n’ont pas la taille des images qu’elles désignent
layer-other-place = Il se dit ailleurs que les images qu’il désigne
layer-not-in-reslices = Il est posé pixel par pixel sur les images qu’il désigne ; les coupes reformatées ne le montrent pas
layer-unknown = Ce type d’objet n’est pas tracé sur les images
layer-cancelled = La lecture a été arrêtée
layer-no-segmentation-type = La segmentation n’indique pas son type (Segmentation Type)
layer-no-segments = La segmentation ne décrit aucun segment
layer-no-place = Il n’indique pas sa position : ni plans avec un référentiel, ni images sources
layer-several-at-one-place = Il contient plusieurs coupes d’un même segment au même endroit (des phases, peut-être) sans dire laquelle appartient à quelle image
layer-pixels-moved = Ses pixels ne sont pas à la place de ceux des images sources (Spatial Locations Preserved)
layer-frame-no-place = Sa position n’est pas indiquée
layer-frame-no-segment = Son segment n’est pas indiqué
layer-samples = Ses pixels ne correspondent pas à son type de segmentation
layer-dose-no-scaling = La dose n’a pas de Dose Grid Scaling ; sans lui ses valeurs ne veulent rien dire
layer-dose-uneven = Les plans de la dose sont irréguliers ou sans position ; elle n’est pas tracée
layer-cut-off = Le fichier se termine trop tôt : une partie de ses pixels manque

## Ligne de commande

help-render-overlay-object = Segmentations, structures et doses à tracer sur l’image : SOP Instance UID, fichier, ou all pour toutes
cli-no-such-object = Il n’y a ni segmentation, ni structures, ni dose { $name } parmi les fichiers
cli-object-not-drawn = { $name } n’est pas tracé : { $reason }
cli-no-objects-over-pages = Rien n’est tracé sur les pages d’un document (--overlay-object)
info-segmentation = { $count ->
    [one] Segmentation ({ $type }), { $count } segment
   *[other] Segmentation ({ $type }), { $count } segments
}
info-structures = { $count ->
    [one] Structures de radiothérapie, { $count } région
   *[other] Structures de radiothérapie, { $count } régions
}
info-contours = { $count ->
    [one] { $count } contour
   *[other] { $count } contours
}
info-dose = Dose de radiothérapie : { $facts }
info-dose-plan = du plan { $uid }

## Tâches

job-read-layer = Lecture de ce qui recouvre les images

## Panneau et image

layers-title = Sur les images
layer-kind-segmentation = segmentation
layer-kind-structures = structures RT
layer-kind-dose = dose RT
layer-reading = Lecture…
layer-read-again = Relire
layer-show = Afficher { $label }
layer-hide = Masquer { $label }
layer-opacity = Opacité
layer-threshold = Seuil (% du maximum)
layer-isodoses = Isodoses
layer-dose-plan = Du plan { $plan }
layer-dose-type = { $type ->
    [PHYSICAL] Dose physique
    [EFFECTIVE] Dose biologiquement efficace
    [ERROR] Écart de doses
   *[other] Dose de type { $type }
}
layer-dose-summation = { $summation ->
    [PLAN] plan entier
    [MULTI_PLAN] plusieurs plans
    [PLAN_OVERVIEW] vue d’ensemble des plans
    [FRACTION] une fraction
    [BEAM] un faisceau
    [BRACHY] curiethérapie
    [FRACTION_SESSION] une séance d’une fraction
    [BEAM_SESSION] une séance d’un faisceau
    [BRACHY_SESSION] une séance de curiethérapie
    [CONTROL_POINT] un point de contrôle
    [RECORD] dose délivrée
   *[other] { $summation }
}
layer-share = { $type ->
    [PROBABILITY] { $name } : probabilité { $share }
    [OCCUPANCY] { $name } : { $share } du voxel
   *[other] { $name } { $share }
}
layer-dose-relative = { $value } (dose relative)
layer-unnamed = N° { $number }
layer-unreadable = { $count ->
    [one] { $count } coupe illisible. { $reason }
   *[other] { $count } coupes illisibles. La première : { $reason }
}
layer-contours-unreadable = { $count ->
    [one] { $count } contour illisible n’est pas tracé
   *[other] { $count } contours illisibles ne sont pas tracés
}
layer-item-another-space = Dans un autre référentiel : non tracé ici
action-layers = Segmentations et structures : afficher ou masquer
why-no-layers = Rien ne recouvre ces images
