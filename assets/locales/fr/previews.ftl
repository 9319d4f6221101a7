# Aperçus qui remplacent les images encore en route sur une ligne lente.

preview-badge = Aperçu – impropre au diagnostic
preview-no-values = Aperçu : pas de valeurs
preview-no-hand = Ceci est un aperçu. Aucune mesure ni fenêtrage n’est possible avant l’arrivée de l’image elle-même.
preview-in-full = { $here ->
    [one] { $here } image sur { $of } en qualité complète
   *[other] { $here } images sur { $of } en qualité complète
}
preview-cut-short = { $here ->
    [one] Seulement { $here } image sur { $of } en qualité complète : les autres ne sont pas arrivées
   *[other] Seulement { $here } images sur { $of } en qualité complète : les autres ne sont pas arrivées
}
preview-reached = Qualité diagnostique atteinte : { $of ->
    [one] l’image est complète
   *[other] les { $of } images sont complètes
}
preview-reached-lossy = { $of ->
    [one] L’image est arrivée telle que l’archive la conserve
   *[other] Les { $of } images sont arrivées telles que l’archive les conserve
} : compressées avec perte
preview-slices = Coupes : { $here } sur { $of } complètes, { $previews ->
    [one] 1 aperçu
   *[other] { $previews } aperçus
}
nodes-previews = Lignes lentes
nodes-previews-on = Aperçus d’abord
nodes-previews-off = Images complètes seulement
