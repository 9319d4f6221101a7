### Français : la carte graphique et les passes de rendu.

render-no-adapter = Aucune carte graphique n’a été trouvée ; les images sont calculées par le processeur, plus lentement. Installez un pilote graphique avec Vulkan ; un pilote logiciel suffit (Debian : apt install mesa-vulkan-drivers). Le système indique : { $reason }
render-too-large = { $width } × { $height } × { $depth } dépasse ce que la carte graphique accepte ({ $limit } au plus) ; le processeur prend le relais, plus lentement
render-out-of-memory = La carte graphique ne dispose plus de { $mib } Mio ; le processeur prend le relais, plus lentement
render-unsuitable = Cette image ne peut pas être dessinée par la carte graphique
render-failed = La carte graphique a refusé une commande : { $reason }
render-lost = La carte graphique a été perdue ; les images sont calculées par le processeur jusqu’au redémarrage du programme. Le système indique : { $reason }
