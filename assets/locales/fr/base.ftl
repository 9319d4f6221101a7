### Français : travaux, durées, âges et mots communs.

problem-at-path = { $problem } — { $path }

## Dates, âges, tailles

date = { NUMBER($day) } { $month ->
    [1] janv.
    [2] févr.
    [3] mars
    [4] avr.
    [5] mai
    [6] juin
    [7] juill.
    [8] août
    [9] sept.
    [10] oct.
    [11] nov.
   *[12] déc.
} { NUMBER($year) }
age-days = { $value } j
age-weeks = { $value } sem.
age-months = { $value } mois
age-years = { $value } a
bytes = { $value } o
bytes-kilo = { $value } ko
bytes-mega = { $value } Mo
bytes-giga = { $value } Go
bytes-tera = { $value } To

## Travaux

job-panicked = « { $job } » a échoué par une erreur du programme ({ $detail }) ; tout le reste continue
as-it-is = { $text }
