### Français : patients, examens, séries, ensembles affichables et volumes.
