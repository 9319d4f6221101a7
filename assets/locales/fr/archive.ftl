# The local archive.

archive-gone = Le dossier de l’archive, { $folder }, est introuvable. S’il se trouve sur un disque ou un partage, connectez-le ; sinon choisissez un autre dossier dans les réglages.
archive-other-machine = L’archive est ouverte sur un autre poste ({ $machine }). Fermez-la d’abord sur ce poste.
archive-no-locks = Le disque de { $folder } ne permet pas de verrouiller des fichiers : deux programmes pourraient endommager l’archive. Choisissez un dossier sur un autre disque.
archive-busy = Un autre programme occupe l’archive. Attendez qu’il ait terminé, puis réessayez.
archive-newer = L’archive a été utilisée avec une version plus récente d’isocentre ({ $file }). Mettez celle-ci à jour, ou choisissez un autre dossier dans les réglages.
archive-damaged = L’index de l’archive est endommagé ({ $detail }). Redémarrez isocentre : l’index sera reconstruit à partir des fichiers, qui restent intacts.
archive-full = Le disque de l’archive est plein. Rien de ce qui a été accusé n’est perdu ; libérez de la place, puis réessayez.
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
archive-same-study = L’examen { $uid } existe pour deux patients différents, aussi dans { $other }. Ils sont conservés séparément. Vérifiez les deux avant de vous y fier.
archive-kept-aside = Une instance porte les identifiants d’une autre déjà présente dans l’archive ({ $other }), mais son contenu diffère. La première reste ; celle-ci a été mise de côté : { $aside }.
archive-damaged-aside = Un fichier de l’archive n’était plus lisible. Il a été déplacé vers { $aside } ; une copie intacte qui vient d’arriver prend sa place.
archive-own-file = Il se trouve dans l’archive elle-même
archive-no-reference = Seuls les fichiers au nom lisible et les éléments non chiffrés d’archives zip peuvent être conservés là où ils se trouvent. Importez plutôt par copie.
