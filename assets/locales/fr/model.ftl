### Français : patients, examens, séries, ensembles affichés et volumes.

memory-refused = Mémoire insuffisante : il faut { $asked } Mio, { $free } sur { $total } Mio sont libres. Fermez d’autres examens et réessayez

## Ce qui ne peut pas être affiché

kind-no-sop-class = Le fichier ne dit pas de quel type d’objet il s’agit
kind-unknown = Un objet d’un type privé ({ $uid }) ; seuls les programmes de son fabricant peuvent l’afficher
kind-document = Un document encapsulé d’un type inconnu ; il ne peut pas être affiché
kind-cda = Un document clinique (CDA) ; il ne peut pas encore être affiché
kind-stl = Une surface à imprimer (STL) ; elle ne peut pas encore être affichée
kind-obj = Un modèle de surface (OBJ) ; il ne peut pas encore être affiché
kind-mtl = Les matériaux d’un modèle de surface (MTL) ; il n’y a rien à y voir
kind-raw-data = Des données brutes de l’appareil ; seuls les programmes de son fabricant en tirent des images
kind-radiotherapy = Un enregistrement de séances de radiothérapie ; il ne peut pas encore être affiché
kind-radiotherapy-plan = Un plan de radiothérapie ; ses faisceaux ne sont pas dessinés
kind-structure-set = Des structures de radiothérapie : leurs contours sont tracés sur les images du même référentiel
kind-standard = { $name } : isocentre ne peut pas afficher ce type d’objet
kind-spectroscopy = Une spectroscopie IRM ; elle ne peut pas encore être affichée
kind-annotations = Des annotations de microscopie ; elles ne peuvent pas encore être affichées
kind-real-world-values = Une correspondance de valeurs réelles : ses valeurs figurent à côté de celles des images qu’elle nomme
kind-image-without-pixels = Une image sans données de pixels

## Deux fois le même nom

passed-over-duplicate = La même instance que { $other }
model-same-uid = Le même UID d’instance que { $other }, mais un autre contenu ; les deux sont gardés
model-same-patient-id = L’identifiant { $id } désigne { $first } et { $second } ; ils restent séparés
model-study-of-two-patients = Un examen nomme deux patients, { $first } et { $second } ; ils restent séparés

## Ce qui distingue les ensembles d’une série

split-localizer = repérage
split-size = { $columns } × { $rows }
split-axial = axial
split-coronal = coronal
split-sagittal = sagittal
split-direction = direction { $number }
split-various-orientations = orientations diverses
split-image-type = { $value }
split-echo-time = TE { $value } ms
split-echo-number = écho { $value }
split-b-value = b { $value }
split-kernel = noyau { $value }
split-stack = pile { $value }
split-temporal-position = temps { $value }
split-trigger-time = déclenchement { $value } ms
split-contrast = contraste { $value }
split-dimension = { $name } { $value }
split-acquisition = acquisition { $value }
split-acquisition-time = acquis { $value }
split-repetition = répétition { $number } sur { $of }

# Ce qui manque d’une image en plusieurs fichiers.
concatenation-parts = { $count ->
    [one] La partie { $parts } sur { $of } manque
   *[other] Les parties { $parts } sur { $of } manquent
}
concatenation-frames = { $count ->
    [one] Une image manque
   *[other] { $count } images manquent
}

## Pourquoi il n’y a pas de volume

no-volume-not-an-image = Il n’y a pas d’images
no-volume-too-few-slices = { $found ->
    [one] Une coupe ; il en faut { $needed } pour un volume
   *[other] { $found } coupes ; il en faut { $needed } pour un volume
}
no-volume-too-few-positions = { $positions ->
    [one] Toutes les coupes sont au même endroit ; il faut { $needed } endroits pour un volume
   *[other] Les coupes sont à { $positions } endroits ; il en faut { $needed } pour un volume
}
no-volume-no-position = { $frames ->
    [one] Une image ne dit pas où elle se trouve dans le patient
   *[other] { $frames } images ne disent pas où elles se trouvent dans le patient
}
no-volume-not-in-patient = Les positions sont celles de la sonde : la situation des images dans le patient n’est pas connue
no-volume-no-spacing = { $frames ->
    [one] Une image n’a pas d’espacement de pixels utilisable
   *[other] { $frames } images n’ont pas d’espacement de pixels utilisable
}
no-volume-colour = Les images en couleur ne sont pas reformatées
no-volume-different-sizes = Les images n’ont pas la même taille
no-volume-different-spacing = L’espacement des pixels varie, de { $smallest } à { $largest } mm
no-volume-different-frames-of-reference = Les images n’ont pas le même référentiel
no-volume-not-parallel = Les coupes ne sont pas parallèles ; elles diffèrent de { $degrees }°
no-volume-irregular-spacing = Les coupes ne sont pas régulièrement espacées ; les pas vont de { $smallest } à { $largest } mm
no-volume-not-in-line = Les coupes sont décalées latéralement de { $mm } mm
no-volume-too-many-missing = { $missing } coupes manquent, seules { $present } sont là
no-volume-repeated = { $repeated } images sur { $frames } sont là où se trouve une autre ; elles appartiennent peut-être à des temps différents

## Ce que liste `info`

info-nothing = Il n’y a rien ici qui puisse être affiché
info-unnamed = Patient sans nom
info-instances = { $count ->
    [one] 1 instance
   *[other] { $count } instances
}
info-report = Compte rendu structuré
info-waveform = Tracé
info-frames = { $frames ->
    [one] 1 image { $columns } × { $rows }
   *[other] { $frames } images { $columns } × { $rows }
}
info-video = vidéo { $codec } ({ $container }), { $fps } images par seconde
info-video-audio = vidéo { $codec } ({ $container }), { $fps } images par seconde ; le son n’est pas joué
info-video-no-rate = vidéo { $codec } ({ $container }) sans cadence
info-video-no-rate-audio = vidéo { $codec } ({ $container }) sans cadence ; le son n’est pas joué
info-volume = volume { $x } × { $y } × { $z } mm
info-tilt = inclinée de { $degrees }°
info-missing = { $count ->
    [one] coupe { $numbers } manquante
   *[other] coupes { $numbers } manquantes
}
info-duplicates = { $count ->
    [one] 1 image en double
   *[other] { $count } images en double
}
info-passed-over = { $count ->
    [one] Un fichier a été laissé de côté :
   *[other] { $count } fichiers ont été laissés de côté :
}
info-summary = { $found ->
    [one] Un fichier trouvé : { $shown } affiché, { $passed } laissé de côté
   *[other] { $found } fichiers trouvés : { $shown } affichés, { $passed } laissés de côté
}
