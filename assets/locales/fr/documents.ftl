### Français : les documents à l’intérieur d’objets DICOM.

pdf-empty = Le document est vide
pdf-encrypted = Le document PDF est protégé par un mot de passe ; il ne peut pas être affiché. Demandez à son expéditeur une version sans protection
pdf-unreadable = Le document PDF est endommagé et ne peut pas être affiché. Demandez-le de nouveau à son expéditeur
pdf-without-pages = Le document PDF n’a aucune page
pdf-page-size = Cette page a une taille qu’aucune page ne peut avoir ; elle n’est pas affichée
pdf-too-slow = Cela a duré plus de { $seconds } s et a été abandonné ; le reste de l’examen n’est pas touché
pdf-ended = Le dessin de cette partie du document PDF s’est arrêté de façon inattendue ; elle n’est pas affichée. Le reste de l’examen n’est pas touché
pdf-others-busy = D’autres documents sont encore traités sans fin ; celui-ci n’est pas ouvert. Redémarrez le programme pour réessayer
pdf-cancelled = L’ouverture du document a été annulée. Affichez-le de nouveau pour réessayer
job-document = Document
document-page = Page { $page } sur { $count }
document-zoom-in = Agrandir
document-zoom-out = Réduire
document-fit-width = Ajuster à la largeur
document-fit-page = Page entière
document-previous-page = Page précédente
document-next-page = Page suivante
document-untitled = Document
info-pdf = { $count ->
    [one] document PDF, une page
   *[other] document PDF, { $count } pages
}
action-next-key-image = Image clé suivante
action-previous-key-image = Image clé précédente
why-no-key-images = Cet examen n’a pas d’images clés
viewport-key-image = Image clé : { $title }
viewport-rejected = Rejetée : { $title }
browser-key-images = { $count ->
    [one] 1 image clé
   *[other] { $count } images clés
}
browser-rejected = { $count ->
    [one] 1 image a été rejetée
   *[other] { $count } images ont été rejetées
}
browser-mapping = { $what } : { $count ->
    [one] { $count } image
   *[other] { $count } images
}, { $open ->
    [0] aucune ouverte
    [one] { $open } ouverte
   *[other] { $open } ouvertes
}
browser-mapping-unnamed = Valeur réelle
browser-mapping-unusable = Une correspondance inapplicable
document-image = { $series } · image { $image } sur { $count }
document-image-missing = { $image } (non ouverte)
