### English: jobs, times, ages, and words used everywhere.

problem-at-path = { $problem } — { $path }

## Dates, ages, sizes

date = { NUMBER($day) } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { NUMBER($year) }
age-days = { $value } d
age-weeks = { $value } wk
age-months = { $value } mo
age-years = { $value } y
bytes = { $value } B
bytes-kilo = { $value } kB
bytes-mega = { $value } MB
bytes-giga = { $value } GB
bytes-tera = { $value } TB

## Jobs

job-panicked = “{ $job }” failed by a fault in the program ({ $detail }); everything else goes on
as-it-is = { $text }
