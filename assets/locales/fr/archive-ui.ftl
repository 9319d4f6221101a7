# The archive page and its jobs.

action-archive = Archive locale
job-archive-import = Ajout à l’archive
job-archive-check = Vérification de l’archive
job-archive-rebuild = Reconstruction de l’index de l’archive
job-archive-clean = Libération de place dans l’archive
archive-took-in = { $added ->
    [one] { $added } instance est maintenant dans l’archive
   *[other] { $added } instances sont maintenant dans l’archive
} ; { $known } y étaient déjà, { $others } n’ont pas pu être ajoutées.
archive-check-clean-aside = { $clean }. { $count ->
    [one] 1 autre fichier a été mis
   *[other] { $count } autres fichiers ont été mis
} de côté auparavant
archive-contradicts = porte les identifiants d’une instance présente, mais un autre contenu : { $other }
archive-told-file = { $path } : { $why }
archive-page-folder = Dossier
archive-page-folder-hint = le dossier de l’application
archive-page-folder-away = { $path } ne peut pas être l’archive : le dossier au-dessus n’existe pas. Vérifiez l’orthographe, ou que le disque est branché.
archive-page-take-in = Ajouter
archive-page-import = Fichier ou dossier
archive-page-import-hint = /media/…/DICOM
archive-page-copy = Copier
archive-page-reference = Laisser sur place
archive-page-keep = Copier l’examen affiché
archive-page-look = Entretien
archive-page-check = Vérifier la présence des fichiers
archive-page-check-bytes = Vérifier chaque octet
archive-page-rebuild = Reconstruire l’index
archive-page-clean = Libérer de la place
archive-page-days = Inutilisés depuis (jours)
archive-page-gib = Au plus (Gio)
archive-page-never-sent = Inconnus ailleurs
archive-page-stay = Conservés
archive-page-go = Peuvent être supprimés
archive-page-plan = Montrer ce qui serait supprimé
archive-page-would-go = { $studies ->
    [one] { $studies } examen serait supprimé
   *[other] { $studies } examens seraient supprimés
} : { $size } sur { $of }. Rien n’est encore supprimé.
archive-page-kept-back = { $count ->
    [one] { $count } examen reste, bien que les limites permettent de le supprimer :
   *[other] { $count } examens restent, bien que les limites permettent de les supprimer :
}
archive-page-remove = Les supprimer
archive-page-leave = Les laisser
archive-page-size = Taille
archive-page-outside = { $count } hors archive
archive-page-why = Pourquoi il reste
archive-page-automatic = Quand
archive-page-by-hand = Seulement sur demande
archive-page-by-itself = Automatiquement, une fois par jour
archive-page-automatic-rules = À partir du prochain démarrage, ou de demain. N’est jamais supprimé ainsi ce qui est épinglé, ouvert, en cours de transfert, hors du dossier de l’archive, utilisé depuis moins de 24 heures, ou qui ne vient pas de l’un de vos nœuds et n’y a pas été envoyé.
archive-page-automatic-nothing = Rien n’est supprimé automatiquement tant qu’aucune limite n’est fixée.
archive-kept-pinned = Épinglé
archive-kept-in-use = Ouvert
archive-kept-in-queue = Un transfert n’est pas terminé
archive-kept-never-sent = Jamais envoyé : peut-être nulle part ailleurs
archive-kept-unasked = Reçu sans avoir été demandé, ou récupéré avant que cela ne soit noté, et jamais renvoyé : peut-être nulle part ailleurs
archive-kept-today = Reçu ou ouvert aujourd’hui
archive-kept-elsewhere = Une partie se trouve hors de l’archive
archive-page-no-limit = pas de limite
