### English: reading files: scanning, archives, tolerant parsing.

## Why a file could not be read

reading-not-found = The file is not there any more
reading-permission-denied = You have no permission to read this file
reading-out-of-memory = There is not enough memory to read this file
reading-corrupt = The data are corrupt: { $reason }
reading-failed = The file could not be read: { $reason }
reading-no-file = Not an ordinary file
reading-empty = The file is empty
reading-not-dicom = Not a DICOM file
reading-nothing-usable = Begins as a DICOM file, but holds nothing that can be used

## What was guessed or left out

reading-syntax-guessed = The file does not name its transfer syntax; { $syntax } was recognised
reading-syntax-wrong = The file names the transfer syntax { $declared }, but is written in { $actual }
reading-truncated = The data break off at byte { $at }; what stands before was read
reading-pixels-truncated = { $expected } bytes of pixel data are declared, { $found } are there
reading-repaired = A length or a delimiter is wrong at byte { $at }; some attributes may be missing
reading-character-set-unknown = The character set “{ $term }” is not known; names and texts may be wrong
reading-text-guessed = Some text does not fit its declared character set; names and texts may be wrong
