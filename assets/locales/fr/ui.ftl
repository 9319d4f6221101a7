### Français : la fenêtre.
app-name = isocentre
name-and-detail = { $name } : { $detail }
window-values = { $width } / { $center }

## Bandeau du patient et examens

identification-hidden = Identité masquée
patient-unnamed = Sans nom
patient-id = ID { $value }
patient-accession = N° { $value }
browser-series = { $modality } · série { $number }
browser-untitled = Sans description
browser-title = Examens
browser-fold = Replier les examens
browser-unfold = Déplier les examens
browser-empty = Rien n’est ouvert
browser-reading = Lecture des en-têtes…
browser-frames = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
browser-phases = { $count ->
    [one] { $count } phase
   *[other] { $count } phases
}
browser-set-help = Double-cliquer, ou glisser dans une vue
browser-missing = { $count ->
    [one] La coupe { $numbers } manque
   *[other] { $count } coupes manquent : { $numbers }
}
browser-duplicates = { $count ->
    [one] 1 image est au même endroit qu’une autre ; la MPR ne l’utilise pas
   *[other] { $count } images sont au même endroit que d’autres ; la MPR ne les utilise pas
}
browser-tilt = Statif incliné de { $degrees } ; la MPR en tient compte
browser-unreadable = { $count ->
    [one] 1 image est illisible. { $reason }
   *[other] { $count } images sont illisibles. La première : { $reason }
}
passed-over-badge = { $count ->
    [one] { $count } fichier non affiché
   *[other] { $count } fichiers non affichés
}
passed-over-sum = { $found ->
    [one] { $found } fichier trouvé
   *[other] { $found } fichiers trouvés
}, { $passed } non affichés. Chacun avec sa raison :

## Vues

layout-grid = { $rows } × { $columns }

## Constatations et compte rendu

measurements-title = Mesures
findings-fold = Replier les constatations
findings-unfold = Déplier les constatations
measurements-empty = Aucune. Choisissez un outil ci-dessus et tracez sur l’image.
measurement-place = Im { $number }
measurement-label = Nom de la mesure
measurement-delete = Supprimer { $label }
report-text-findings = Constatations
report-text-impression = Conclusion
report-observer = Observateur
report-observer-hint = Votre nom
report-folder-none = Choisir où vont les comptes rendus
report-saving = Enregistrement…
report-unsaved = Pas encore enregistré
report-saved-as = Enregistré : { $file }
journal-found = Un travail non enregistré d’une session précédente a été trouvé : { $count ->
    [0] du texte
    [one] { $count } mesure, et du texte s’il y en avait
   *[other] { $count } mesures, et du texte s’il y en avait
}.
journal-restore = Reprendre
journal-discard = Abandonner

## État, travaux, avis

status-hint = F1 montre les touches, Ctrl + K toutes les commandes
status-progress = { $done }/{ $of }
status-more-jobs = +{ $count }
job-cancel = Abandonner : { $job }
jobs-none = Aucun travail en cours
notice-dismiss = Fermer
notice-times = { $count } fois
notices-more = { $count } avis plus anciens
notices-dismiss-all = Tout fermer
severity-note = Information
severity-warning = Attention
severity-error = Erreur

## Ouverture

start-title = Ouvrir un examen
start-help = Déposez fichiers, dossiers, archives zip ou DICOMDIR n’importe où dans cette fenêtre
start-path = Ou saisissez un chemin ; Tab le complète
start-recent = Récents
open-title = Ouvrir
path-field = Chemin d’un fichier ou dossier
path-hint = /dossier/de/l’examen
path-open = Ouvrir
path-missing = Il n’y a rien ici : { $path }. Vérifiez l’orthographe, ou que le disque est branché.
dialog-not-opened = Le sélecteur de fichiers n’a pas pu s’ouvrir ; saisissez le chemin
window-no-adapter = isocentre n’a trouvé aucune carte graphique utilisable ({ $detail }). Installez un pilote Vulkan ; sous Debian et Ubuntu, « apt install mesa-vulkan-drivers » convient aussi aux machines sans carte graphique. La ligne de commande fonctionne sans.
window-not-opened = isocentre n’a pas pu ouvrir sa fenêtre : { $detail }. Y a-t-il un écran ? La ligne de commande fonctionne sans.
window-not-opened-logged = isocentre n’a pas pu ouvrir sa fenêtre ; la ligne ci-dessus dit pourquoi. Y a-t-il un écran ? La ligne de commande fonctionne sans.

## La démonstration sans écran

demo-no-display = Il n’y a pas d’écran : ce que la fenêtre montrerait, et un compte rendu, sont écrits dans ./isocentre-demo/
demo-no-adapter = Pas de carte graphique ({ $detail }) : la fenêtre ne peut être dessinée ; les vues sont écrites telles que le processeur les dessine. Sous Debian et Ubuntu, « apt install mesa-vulkan-drivers » fournit un adaptateur logiciel.
demo-written = Écrit : { $path }
demo-too-slow = La démonstration n’était pas prête en deux minutes
demo-report-failed = Le compte rendu de la démonstration n’a pas été écrit
demo-picture-failed = L’image n’a pas pu être écrite : { $path } { $detail }
demo-diameter = Nodule, diamètre
demo-density = Nodule, densité
demo-findings = Nodule solide du poumon droit, contours réguliers. Pas d’adénopathie.
demo-impression = Nodule pulmonaire solitaire. Contrôle TDM conseillé.

## Panneaux superposés

part-close = Fermer
help-pointer = Souris sur l’image
palette-title = Toutes les commandes
palette-hint = Saisissez quelques lettres d’une commande
palette-none = Aucune commande n’a ces lettres
about-version = isocentre { $version }
about-what = Un visualiseur DICOM de bureau : ouvrir, regarder, reformater, mesurer, rendre compte.
about-licence = Logiciel libre sous licence MIT ou Apache 2.0. Polices : Noto (OFL), Droid Sans Fallback et Material Symbols (Apache 2.0).
about-news = Nouveau en 0.1.0 : la première version, d’un dossier de fichiers DICOM à une constatation mesurée et rapportée.

## Réglages

setting-language = Langue
setting-language-system = Système
setting-theme = Thème
setting-theme-dark = Sombre
setting-theme-light = Clair
setting-overlay = Textes des coins
setting-overlay-all = Tout
setting-overlay-essential = Essentiel
setting-overlay-none = Rien
setting-filter = Interpolation
setting-filter-nearest = Plus proche
setting-filter-linear = Linéaire
setting-filter-cubic = Cubique
setting-drag = Fenêtrage à la souris
setting-drag-usual = Haut éclaircit
setting-drag-inverted = Haut assombrit
setting-report-folder = Dossier des comptes rendus
setting-choose = Choisir…

## Questions

notice-title = Avant de commencer
not-cleared = isocentre n’est pas autorisé pour le diagnostic : ce n’est pas un dispositif médical, et rien de ce qu’il montre ne peut fonder une décision clinique.
notice-body = Utilisez-le pour regarder des examens, enseigner, tester. Les mesures dépendent de l’étalonnage indiqué à côté d’elles.
notice-understood = J’ai lu ceci
close-title = Travail non enregistré
close-body = { $count ->
    [one] Un examen a
   *[other] { $count } examens ont
} des mesures ou du texte qui ne sont dans aucun compte rendu.
close-saving = Enregistrement ; la fenêtre se ferme quand chaque compte rendu est sur le disque.
close-save = Enregistrer le compte rendu
close-draft = Garder le brouillon et fermer
close-cancel = Rester

# Encrypted archives
unlock-title = { $count ->
    [one] « { $archive } » contient un fichier chiffré
   *[other] « { $archive } » contient { $count } fichiers chiffrés
}
unlock-wrong = Ce n’est pas le bon mot de passe
unlock-password = Mot de passe
unlock-open = Ouvrir
unlock-leave = Pas maintenant
