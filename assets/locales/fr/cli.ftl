# La ligne de commande.

cli-passed-over = { $path } : { $reason }
cli-no-images = Aucune image n’a été trouvée
cli-no-such-series = Aucune série ne porte l’UID ou le numéro { $series }
cli-no-such-index = La coupe { $index } n’existe pas : il y en a { $count }
cli-no-positions = Ces images n’indiquent pas leur position dans le patient ; demandez une coupe par son numéro
cli-bad-option = { $option } ne comprend pas « { $value } »
cli-cpu-instead = Rendu par le processeur : { $reason }
cli-png-failed = L’image n’a pas pu être encodée : { $detail }
