### Français : tracés (ECG, pressions, voix) et leurs compas.

waveform-pane = Tracé : { $leads }
waveform-group = Groupe { $number }
waveform-channel = Voie { $number }
waveform-speed = { $speed } mm/s
waveform-gain = { $gain } mm/mV
waveform-factor = × { $factor }
waveform-sampled = échantillonnage { $hz } Hz
waveform-band = filtre { $low }–{ $high } Hz
waveform-high-pass = filtre à partir de { $hz } Hz
waveform-low-pass = filtre jusqu’à { $hz } Hz
waveform-notch = coupe-bande { $hz } Hz
waveform-time = { $from }–{ $to } sur { $of } s
waveform-step = 10 mm = { $value }
waveform-step-raw = 10 mm = { $value } unités brutes ; étalonnage absent du fichier
waveform-axis = axe à { $value }
waveform-raw = { $value } unités brutes
waveform-no-values = aucune valeur

# Compas.
waveform-time-caliper = Compas de temps
waveform-level-caliper = Compas d’amplitude
waveform-interval = Δt { $ms } · { $rate }/min
waveform-interval-none = Δt { $ms }
waveform-difference = { $lead } : Δ { $value }

# Ce qui manque ou ne peut pas être affiché.
waveform-none = Le fichier ne contient aucun tracé
waveform-shortened = Tracé incomplet : { $found } s présentes sur { $declared } s
waveform-no-frequency = La fréquence d’échantillonnage du tracé est absente ou inutilisable ; il ne peut pas être dessiné dans le temps
waveform-no-samples = Le tracé ne contient aucun échantillon
waveform-sample-kind = Les échantillons du tracé, { $bits } bits de type « { $term } », ne peuvent pas être lus
waveform-channels-disagree = Le fichier annonce { $declared } voies mais en décrit { $described } ; l’attribution des dérivations n’est pas certaine, aucune n’est affichée
waveform-too-many-channels = Le tracé annonce { $count } voies ; on peut en afficher { $most } au plus
