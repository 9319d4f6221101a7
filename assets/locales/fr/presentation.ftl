### Français : états de présentation.

## Pourquoi un état ne peut pas être appliqué

presentation-class = les états de présentation { $class } ne peuvent pas encore être appliqués
presentation-class-blending = de fusion
presentation-class-xa = d’angiographie
presentation-class-planar = de reconstruction multiplanaire (MPR)
presentation-class-volume = de rendu volumique
presentation-class-variable = à table de modalité variable
presentation-class-other = de type inconnu
presentation-mask = il soustrait un masque, ce qui ne se fait pas encore
presentation-no-images = il ne désigne aucune image
presentation-no-lut = sa table de présentation est illisible
presentation-no-palette = sa palette de couleurs est illisible
presentation-refused = Cet état de présentation n’est pas appliqué : { $reason }

## Ce qui n’en est pas affiché

presentation-objects-lost = { $count ->
    [one] Un tracé ou texte de l’état de présentation est illisible et n’est pas dessiné
   *[other] { $count } tracés ou textes de l’état de présentation sont illisibles et ne sont pas dessinés
}

## Dans la fenêtre

presentation-about = { $count ->
    [one] Pour une image
   *[other] Pour { $count } images
}
presentation-waits = Ses images ne sont pas ouvertes ; il sera appliqué à leur arrivée
viewport-presentation = Présentation { $name }
viewport-presentation-modified = présentation modifiée
viewport-presentation-elsewhere = présentation : pas pour cette image
viewport-presentation-true-size = ajustée : taille réelle inconnue
viewport-presentation-faulty = présentation affichée en partie
menu-presentation = État de présentation { $name }
menu-no-presentation = Aucun état de présentation
action-next-presentation = État de présentation suivant
action-no-presentation = Aucun état de présentation
why-no-presentation = Il n’y a pas d’état de présentation pour ces images
why-not-presented = Aucun état de présentation n’est appliqué
history-presentation = État de présentation { $name }
history-no-presentation = Sans état de présentation { $name }

## En ligne de commande

cli-no-such-presentation = Pas d’état de présentation { $name } ; il y a : { $names }
cli-no-presentations = Pas d’état de présentation { $name } ; il n’y en a aucun
cli-presentation-elsewhere = L’état de présentation { $name } ne concerne pas cette image
cli-presentation-no-images = Aucune des images de l’état de présentation { $name } n’est parmi ces fichiers
help-render-presentation = Telle que la montre un état de présentation, par son UID, son libellé ou son fichier (pile)
info-presentation = État de présentation { $name }
info-presentation-refused = État de présentation, non appliqué : { $reason }
info-presentation-by = par { $creator }
info-presentation-about = { $images ->
    [one] pour une image
   *[other] pour { $images } images
} de { $series ->
    [one] une série
   *[other] { $series } séries
}
