# The local archive.

archive-gone = Le dossier de l’archive, { $folder }, est introuvable. S’il se trouve sur un disque ou un partage, connectez-le ; sinon choisissez un autre dossier dans les réglages.
archive-other-machine = L’archive est ouverte sur un autre poste ({ $machine }). Fermez-la d’abord sur ce poste.
archive-no-locks = Le disque de { $folder } ne permet pas de verrouiller des fichiers : deux programmes pourraient endommager l’archive. Choisissez un dossier sur un autre disque.
archive-busy = Un autre programme occupe l’archive. Attendez qu’il ait terminé, puis réessayez.
archive-newer = L’archive a été utilisée avec une version plus récente d’isocentre ({ $file }). Mettez celle-ci à jour, ou choisissez un autre dossier dans les réglages.
archive-damaged = L’index de l’archive est endommagé ({ $detail }). Redémarrez isocentre : l’index sera reconstruit à partir des fichiers, qui restent intacts.
archive-full = Le disque de l’archive est plein. Rien de ce qui a été accusé n’est perdu ; libérez de la place, puis réessayez.
archive-too-little-room = Il y a trop peu de place dans { $folder } pour la suite : il reste { $left } Mo. Libérez de la place sur ce disque.
archive-read-only = Impossible d’écrire dans le dossier de l’archive. Vérifiez ses droits d’accès, ou choisissez un autre dossier dans les réglages.
archive-name = Le nom { $path } n’est pas du texte Unicode : l’archive ne peut pas le retenir. Importez plutôt le fichier par copie.
archive-no-such-key = L’archive ne sait pas rechercher par { $key }
archive-cancelled = Annulé
archive-database = L’index de l’archive n’a pas répondu comme prévu ({ $detail }). Réessayez ; si cela se reproduit, reconstruisez l’index.
archive-memory-lost = La liste des transferts était endommagée et a été mise de côté ; elle recommence à vide. Les images ne sont pas touchées. Vérifiez ce qui devait être envoyé.
archive-index-lost = L’index de l’archive était endommagé et a été mis de côté. Il est reconstruit à partir des fichiers, qui restent intacts.
archive-no-uids = Il n’a pas d’identifiant d’examen, de série ou d’instance (UID) et ne peut donc être conservé dans l’archive. Il reste possible de l’ouvrir là où il se trouve.
archive-not-indexed = Ce fichier de l’archive n’est pas dans l’index et aucune recherche ne le trouvera : { $reason }
archive-same-patient-id = L’identifiant patient { $id } désigne deux patients différents. Ils sont conservés séparément : { $first } et { $second }. Vérifiez les deux avant de vous y fier.
archive-same-study = L’examen { $uid } existe pour deux patients différents, aussi pour { $other }. Ils sont conservés séparément. Vérifiez les deux avant de vous y fier.
archive-kept-aside = Une instance porte les identifiants d’une autre déjà présente dans l’archive ({ $other }), mais son contenu diffère. La première reste ; celle-ci a été mise de côté : { $aside }.
archive-kept-aside-unproven = Une instance porte les identifiants d’une autre déjà présente dans l’archive ({ $other }), dans une autre syntaxe de transfert. Il n’a pas pu être établi que les deux images sont identiques. La première reste ; celle-ci a été mise de côté : { $aside }.
archive-copy-unread = La copie que l’archive en a, { $file }, n’a pas pu être lue ({ $reason }). L’instance reçue n’a pas été gardée à côté. Vérifiez que le disque est sain et que le fichier est lisible, puis récupérez-la de nouveau.
archive-no-place = L’instance n’a pas pu être enregistrée sous { $file } : { $reason }
archive-damaged-aside = Un fichier de l’archive n’était plus lisible. Il a été déplacé vers { $aside } ; une copie intacte qui vient d’arriver prend sa place.
archive-own-file = Il se trouve dans l’archive elle-même
archive-no-reference = Seuls les fichiers au nom lisible et les éléments non chiffrés d’archives zip peuvent être conservés là où ils se trouvent. Importez plutôt par copie.

archive-imported = { $added ->
    [one] 1 instance est désormais dans l’archive
   *[other] { $added } instances sont désormais dans l’archive
} ; { $known } y étaient déjà, { $aside } en contredisent une, { $passed } fichiers ont été ignorés
archive-import-aside = { $path } contredit { $other }
archive-nothing-found = Rien dans l’archive ne correspond
archive-rebuilding = Reconstruction de l’index à partir des fichiers…
archive-rebuilt = L’index contient maintenant { $instances } instances, issues de { $files } fichiers de l’archive. Fichiers extérieurs introuvables : { $missing }.
archive-check-clean = { $count ->
    [one] 1 instance vérifiée ; elle est telle qu’elle a été conservée
   *[other] { $count } instances vérifiées ; toutes sont telles qu’elles ont été conservées
}
archive-check-faults = { $count ->
    [one] 1 instance vérifiée
   *[other] { $count } instances vérifiées
}, { $faults ->
    [one] 1 défaut
   *[other] { $faults } défauts
}
archive-check-missing = n’existe plus
archive-check-changed = n’est plus ce qui a été conservé
archive-check-unindexed = n’est pas dans l’index ; une reconstruction l’y ajouterait
archive-check-reference = est connu par référence, mais n’existe plus ou a changé
archive-check-aside = a été mis de côté à son arrivée : il contredit une instance présente, ou était endommagé. Il n’est ni affiché ni trouvé par les recherches
archive-clean-nothing = Rien ne serait supprimé
archive-clean-would = { $studies ->
    [one] 1 examen serait supprimé
   *[other] { $studies } examens seraient supprimés
}, soit { $size } ; --remove les supprime
archive-clean-did = { $studies ->
    [one] 1 examen supprimé
   *[other] { $studies } examens supprimés
}, soit { $size }
archive-clean-passed = { $count ->
    [one] 1 examen a changé ou est en cours d’utilisation entre-temps et reste
   *[other] { $count } examens ont changé ou sont en cours d’utilisation entre-temps et restent
}
archive-tidied-not-removed = { $count ->
    [one] 1 fichier à retirer de l’archive locale n’a pas pu être supprimé et reste
   *[other] { $count } fichiers à retirer de l’archive locale n’ont pas pu être supprimés et restent
}. Vérifiez que ce programme peut y écrire, ou faites de la place à la main sur la page de l’archive.
archive-clean-not-removed = n’a pas pu être supprimé
archive-stays-pinned = reste : il est épinglé
archive-stays-in-use = reste : il est ouvert
archive-stays-in-queue = reste : un transfert n’est pas terminé
archive-stays-never-sent = reste : une partie n’a jamais été envoyée et n’existe peut-être nulle part ailleurs
archive-stays-unasked = reste : une partie a été reçue sans avoir été demandée, ou récupérée avant que cela ne soit noté, n’a jamais été renvoyée et n’existe peut-être nulle part ailleurs
archive-tidied = { $studies ->
    [one] 1 examen resté longtemps inutilisé a été retiré de l’archive locale
   *[other] { $studies } examens restés longtemps inutilisés ont été retirés de l’archive locale
} ({ $size }). Ils peuvent être rapatriés depuis les nœuds d’où ils viennent. Les limites sont sur la page de l’archive.
archive-rebuild-stopped = L’index n’a pas été refait jusqu’au bout : d’ici là, une recherche peut manquer des examens de l’archive. Refaites-le sur la page de l’archive.
archive-stays-today = reste : reçu ou ouvert aujourd’hui
archive-stays-elsewhere = reste : une partie se trouve hors de l’archive
archive-clean-no-limit = Indiquez ce qui peut être supprimé : --unused-days, --at-most-gib ou les deux

help-archive = L’archive locale : importer, rechercher, vérifier, reconstruire, nettoyer
help-archive-import = Ajouter des fichiers
help-archive-find = Ce que contient l’archive
help-archive-check = Vérifier que les fichiers sont ce que dit l’index
help-archive-rebuild = Reconstruire l’index à partir des fichiers
help-archive-clean = Ce qui peut être supprimé, selon l’âge et la taille ; avec --remove, le supprimer
help-archive-folder = Le dossier de l’archive ; celui des réglages par défaut
help-archive-reference = Laisser les fichiers là où ils se trouvent
help-archive-words = Mots du nom du patient, dans un ordre quelconque
help-archive-files = Afficher les fichiers de ce qui est trouvé
help-archive-contents = Comparer aussi chaque octet à sa somme de contrôle
help-archive-unused-days = Les examens ni reçus ni ouverts depuis ce nombre de jours
help-archive-at-most-gib = Les plus longtemps inutilisés, jusqu’à ce que l’archive ne dépasse plus ce nombre de Gio
help-archive-also-never-sent = Aussi ce qui n’a été récupéré d’aucun nœud ni envoyé à aucun
help-archive-remove = Supprimer ce qui est affiché
