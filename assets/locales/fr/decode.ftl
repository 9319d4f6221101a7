### Français : décodage des pixels.

decode-no-pixel-data = Cet objet ne contient pas d’image
decode-missing-attribute = L’image ne peut pas être affichée : son en-tête n’indique pas { $attribute }
decode-absurd-size = L’image ne peut pas être affichée : son en-tête annonce { $columns } × { $rows } pixels, { $bytes } octets par image, ce qui ne peut pas être vrai
decode-unknown-transfer-syntax = L’image ne peut pas être affichée : sa syntaxe de transfert { $uid } est inconnue. Exportez de nouveau l’examen sans compression
decode-not-yet = L’image ne peut pas être affichée : { $name } n’est pas encore décodé. Exportez de nouveau l’examen sans compression ou avec une autre compression
decode-not-built-in = L’image ne peut pas être affichée : cette version d’isocentre a été compilée sans le décodeur { $name }
decode-depends-on-damaged = L’image n’est pas affichée : elle s’appuie sur l’image { $number }, qui est endommagée. Copiez de nouveau le fichier depuis sa source
decode-layout = L’image ne peut pas être affichée : les pixels de { $samples } échantillons sur { $bits } bits alloués ne sont pas pris en charge
decode-photometric = L’image ne peut pas être affichée : l’interprétation photométrique { $name } n’est pas prise en charge
decode-palette = L’image ne peut pas être affichée : sa palette de couleurs manque ou est endommagée
decode-no-such-frame = Il n’y a pas d’image { $number } : l’objet en annonce { $frames }
decode-truncated = L’image est tronquée et il en reste trop peu pour l’afficher : il lui faut { $expected } octets et { $found } sont présents. Copiez de nouveau le fichier depuis sa source
decode-frame-missing = L’image { $number } manque : le fichier en annonce { $declared } et en contient { $found }. Copiez de nouveau le fichier depuis sa source
decode-frame-boundaries = L’image ne peut pas être affichée : rien n’indique comment ses { $fragments } fragments forment { $frames } images
decode-mismatch = L’image ne peut pas être affichée : ses données { $codec } contiennent { $stream }, mais son en-tête annonce { $header }
decode-damaged = L’image est endommagée et n’est pas affichée : { $codec } signale « { $detail } ». Copiez de nouveau le fichier depuis sa source
decode-read = Les données de pixels n’ont pas pu être lues : { $detail }
decode-memory = La mémoire ne suffit pas pour décoder l’image : il faut { $bytes } octets
decode-panicked = Le décodeur { $codec } a échoué sur cette image : { $detail }. Les autres images ne sont pas touchées
decode-ended = Le décodeur { $codec } s’est arrêté de façon inattendue sur cette image, qui n’est pas affichée. Les autres images ne sont pas touchées
decode-too-slow = Le décodeur { $codec } a mis trop longtemps sur cette image et a été arrêté ; elle n’est pas affichée. Les autres images ne sont pas touchées
decode-cancelled = Le décodage a été annulé

## isocentre frames

frames-failed = Image { $number } : { $reason }
frames-cut-off = L’image { $number } est tronquée à la ligne { $row } sur { $rows } : il manque { $bytes } octets de ses données de pixels, écrits comme des zéros

## Une image tronquée

frame-cut-off = Image tronquée à la ligne { $row } sur { $rows } : il manque { $bytes } octets de données de pixels
viewport-cut-off = Tronquée à la ligne { $row } sur { $rows }
viewport-slices-cut-off = { $count ->
    [one] 1 coupe est tronquée
   *[other] { $count } coupes sont tronquées
}
probe-missing = manquant : le fichier est tronqué
