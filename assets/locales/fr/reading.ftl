### Français : lecture des fichiers : exploration, archives, analyse tolérante.

## Pourquoi un fichier n'a pas pu être lu

reading-not-found = Le fichier n’est plus là
reading-permission-denied = Vous n’avez pas le droit de lire ce fichier
reading-out-of-memory = La mémoire ne suffit pas pour lire ce fichier
reading-corrupt = Les données sont corrompues : { $reason }
reading-failed = Le fichier n’a pas pu être lu : { $reason }
reading-no-file = Ce n’est pas un fichier ordinaire
reading-empty = Le fichier est vide
reading-not-dicom = Ce n’est pas un fichier DICOM
reading-picture = Une image ordinaire, pas DICOM ; ouvrez-la seule pour la voir
reading-picture-pages = Le fichier contient { $count } pages ; la première est affichée
reading-nothing-usable = Commence comme un fichier DICOM, mais ne contient rien d’utilisable

## Ce qui a été deviné ou laissé de côté

reading-syntax-guessed = Le fichier n’indique pas sa syntaxe de transfert ; { $syntax } a été reconnue
reading-syntax-wrong = Le fichier indique la syntaxe de transfert { $declared }, mais il est écrit en { $actual }
reading-stray-bytes = { $count } octets qui ne font partie de rien précèdent les données
reading-truncated = Les données s’interrompent à l’octet { $at } ; ce qui précède a été lu
reading-compressed-corrupt = Les données compressées sont corrompues ; ce qui a pu être décompressé a été lu, et peut être faux
reading-pixels-truncated = { $expected } octets de pixels sont annoncés, { $found } sont présents
reading-frames-counted = Le nombre d’images est « { $declared } », ce qui n’en est pas un ; les données de pixels en contiennent { $count }
reading-video-frames = L’en-tête déclare { $declared } images ; le flux vidéo en contient { $count }, qui sont affichées
reading-video-views = La vidéo contient une seconde vue pour l’affichage stéréoscopique ; la première est affichée
reading-repaired = Une longueur ou un délimiteur est faux à l’octet { $at } ; des attributs peuvent manquer
reading-character-set-unknown = Le jeu de caractères « { $term } » est inconnu ; noms et textes peuvent être faux
reading-text-guessed = Du texte ne correspond pas à son jeu de caractères déclaré ; noms et textes peuvent être faux

## Archives, répertoires, dossiers

reading-failed-inside = Le programme a échoué en lisant ce fichier ; merci de le signaler
reading-dicomdir = Un index (DICOMDIR) de { $count } fichiers, qui sont ouverts pour eux-mêmes
reading-dicomdir-missing = Cité dans le DICOMDIR, mais absent
reading-archive-empty = L’archive est vide
reading-archive-damaged = L’archive ne peut pas être ouverte : { $reason }
reading-archive-encrypted = Chiffré dans son archive ; il faut le mot de passe
reading-archive-nested = Une archive dans une archive n’est pas ouverte ; décompressez-la d’abord
reading-archive-bomb = L’archive se déploie bien au-delà de ce que sa taille explique ; le reste n’a pas été lu
