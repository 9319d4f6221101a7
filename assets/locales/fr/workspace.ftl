# Ce que disent l’espace de travail et le moteur : historique, annotations, fenêtres, tâches.

history-draw = tracé ({ $what })
history-change = modification ({ $what })
history-delete = suppression ({ $what })
history-findings = modification des constatations
history-impression = modification de la conclusion
history-restore = reprise du travail non enregistré

kind-probe = valeur ponctuelle
kind-length = longueur
kind-angle = angle
kind-ellipse = ellipse
kind-rectangle = rectangle
kind-arrow = flèche
kind-other = région

label-probe = Point { $number }
label-length = Longueur { $number }
label-angle = Angle { $number }
label-ellipse = Ellipse { $number }
label-rectangle = Rectangle { $number }
label-arrow = Flèche { $number }
label-other = Région { $number }

preset-auto = Étendue complète
preset-default = Par défaut
preset-soft = Tissus mous
preset-lung = Poumon
preset-bone = Os
preset-brain = Cerveau
preset-stroke = AVC
preset-liver = Foie
preset-mediastinum = Médiastin
preset-angio = Angiographie

job-unlock = Déchiffrement
job-stopped = Interrompu avant la fin
scan-stopped = La lecture a été arrêtée : tous les fichiers n’ont pas été lus. Rouvrez-les pour lire le reste
job-scan = Lecture des fichiers
job-demo = Préparation de l’examen de démonstration
job-load = Chargement des images
job-thumbnail = Dessin d’une vignette
job-save-report = Enregistrement du compte rendu
job-read-report = Lecture d’un compte rendu
job-journal = Recherche de travail non enregistré

mpr-refused = Cette série ne peut pas être reformatée : { $reason }
volume-not-in-memory = Le volume ne tient pas en mémoire ; les images se lisent une à une
settings-not-written = Les réglages n’ont pas pu être écrits : { $detail }
settings-unreadable = Les réglages n’ont pas pu être lus et ont été mis de côté ; les valeurs par défaut sont utilisées ({ $detail })
report-verified = Le compte rendu a été écrit, relu et trouvé identique
report-value-missing = « { $label } » n’a pas de { $quantity } : les images nécessaires n’ont pas pu être lues. Rien n’a été enregistré
journal-not-written = Le travail non enregistré n’a pas pu être mis de côté : { $reason }
