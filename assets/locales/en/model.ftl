### English: patients, studies, series, display sets and volumes.
