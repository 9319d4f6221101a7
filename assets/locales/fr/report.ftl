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

quantity-length = Longueur
quantity-angle = Angle
quantity-area = Surface
quantity-mean = Moyenne
quantity-sd = Écart-type
quantity-min = Min
quantity-max = Max
quantity-count = Pixels
quantity-value = Valeur

sr-not-a-report = Ce fichier n’est pas un compte rendu structuré ; ouvrez-le plutôt comme image
sr-nothing-to-report = Il n’y a encore rien à rapporter : mesurez quelque chose ou écrivez un texte
sr-no-study = Les images ne nomment aucun examen ; aucun compte rendu ne peut être écrit pour elles
sr-geometry = « { $label } » ne peut pas figurer dans un compte rendu : ses points sont incomplets ou son image n’a pas de repère spatial
sr-foreign-image = « { $label } » se trouve sur une image qui n’appartient pas à l’examen rapporté
sr-read-back = Le compte rendu a été écrit mais n’a pas pu être relu ({ $error }) ; il a été supprimé. Essayez un autre dossier
sr-differs = Le compte rendu a été écrit mais se relit autrement ({ $what }) ; il a été supprimé. Essayez un autre dossier
sr-group-without-place = Les mesures de « { $label } » n’indiquent aucun endroit sur une image ; elles restent dans le compte rendu mais ne peuvent pas être montrées sur les images
sr-value-text = { $text }
sr-value-number = { $value } { $unit }
sr-value-none = sans valeur
sr-value-image = image { $uid }
sr-value-image-frames = image { $uid }, coupe { $frames }
sr-value-object = objet { $uid }
sr-value-waveform = tracé { $uid }
sr-value-pixels = { $graphic } en pixels de l’image : { $points }
sr-value-patient = { $graphic } en mm du patient : { $points }
sr-value-reference = voir l’élément { $position }
sr-value-unknown = { $type } (ne peut pas être affiché)

journal-unreadable = Un brouillon du journal est endommagé ou d’une autre version ; il a été laissé où il est
