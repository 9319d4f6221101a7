# Fichiers, mesures, comptes rendus structurés.
files-no-folder = Impossible de créer le dossier : { $reason }
files-not-written = Le fichier n’a pas été écrit : { $reason }. Rien n’a été laissé à moitié écrit
files-not-read = Impossible de lire le fichier : { $reason }
files-no-home = Le système n’indique aucun dossier personnel ; donnez à ISOCENTRE_HOME un dossier où l’on peut écrire
files-not-encoded = Les données ne peuvent pas être écrites en DICOM : { $error }
files-reason-full = le disque est plein ; libérez de la place ou choisissez un autre dossier
files-reason-too-large = le fichier dépasserait ce que ce disque ou ce compte permet
files-reason-permission = l’écriture n’y est pas permise ; choisissez un autre dossier
files-reason-gone = le fichier ou son dossier n’est plus là
files-reason-not-a-folder = un fichier de ce nom occupe la place ; choisissez un autre dossier
files-reason-other = { $error }
