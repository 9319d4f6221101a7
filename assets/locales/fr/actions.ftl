# Actions : leurs noms dans la palette, la barre d’outils et l’aide.
action-open = Ouvrir…
action-open-folder = Ouvrir un dossier…
action-open-files = Ouvrir des fichiers…
action-open-demo = Ouvrir l’étude de démonstration
action-passed-over = Fichiers non affichés
action-hide-identification = Masquer l’identité
action-save-report = Enregistrer le compte rendu
action-report-folder = Choisir le dossier des comptes rendus…
action-previous-image = Image précédente
action-next-image = Image suivante
action-ten-back = Reculer de dix images
action-ten-forward = Avancer de dix images
action-first-image = Première image
action-last-image = Dernière image
action-previous-series = Série précédente
action-next-series = Série suivante
action-next-pane = Vue suivante
action-reset = Réinitialiser la vue
action-fit = Ajuster à la vue
action-one-to-one = Pixels réels, 1:1
action-invert = Inverser
action-flip-horizontal = Miroir horizontal
action-flip-vertical = Miroir vertical
action-rotate-right = Pivoter à droite
action-rotate-left = Pivoter à gauche
action-filter-nearest = Interpolation : plus proche
action-filter-linear = Interpolation : linéaire
action-filter-cubic = Interpolation : cubique
action-next-own-voi = Fenêtre ou table propre à l’image : suivante
action-image-overlays = Superpositions de l’image : afficher, masquer
action-shutter = Volet d’affichage : fermé, ouvert
action-overlay = Textes des coins : tout, essentiel, rien
action-mpr = MPR
action-maximise = Agrandir la vue
action-layout-1x1 = Disposition : une vue
action-layout-1x2 = Disposition : deux côte à côte
action-layout-2x1 = Disposition : deux superposées
action-layout-2x2 = Disposition : 2 × 2
action-layout-3x3 = Disposition : 3 × 3
action-fold-left = Replier ou déplier les études
action-fold-right = Replier ou déplier les constatations
action-full-screen = Plein écran
action-undo = Annuler
action-redo = Rétablir
action-delete = Supprimer la mesure sélectionnée
action-deselect = Désélectionner
action-palette = Toutes les commandes…
action-settings = Réglages
action-help = Clavier et souris
action-about = À propos d’isocentre
action-jobs = Travaux en cours
action-close-part = Fermer, abandonner
action-quit = Quitter

# Mots courts sous les icônes.
tool-word-open = Ouvrir
tool-word-layout = Grille
tool-word-mpr = MPR
tool-word-picture = Image
tool-word-preset = Préréglages
tool-word-undo = Annuler
tool-word-redo = Rétablir

# Rubriques.
group-study = Étude
group-navigate = Images et séries
group-window = Préréglages de fenêtre
group-picture = Image
group-tools = Outils
group-layout = Disposition
group-edit = Édition
group-program = Programme

# Touches.
key-control = Ctrl
key-shift = Maj
key-itself = { $key }
key-home = Début
key-end = Fin
key-page-up = Page préc.
key-page-down = Page suiv.
key-tab = Tab
key-escape = Échap
key-delete = Suppr
key-backspace = Retour arrière

# Pourquoi une action est impossible maintenant.
why-no-image = Ouvrez d’abord une étude
why-not-in-mpr = Pas en MPR : un plan reformaté n’a pas de pixels propres
why-nothing-to-undo = Rien à annuler dans cette étude
why-nothing-to-redo = Rien à rétablir dans cette étude
why-nothing-selected = Sélectionnez d’abord une mesure
why-nothing-to-save = Mesurez ou rédigez d’abord quelque chose
why-nothing-new-to-save = Tout est dans un compte rendu enregistré
why-none-passed-over = Tous les fichiers trouvés sont affichés
