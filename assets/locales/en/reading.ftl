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
reading-picture = A picture, not DICOM; open it by itself to see it
reading-picture-pages = The file holds { $count } pages; the first is shown
reading-nothing-usable = Begins as a DICOM file, but holds nothing that can be used

## What was guessed or left out

reading-syntax-guessed = The file does not name its transfer syntax; { $syntax } was recognised
reading-syntax-wrong = The file names the transfer syntax { $declared }, but is written in { $actual }
reading-stray-bytes = { $count } bytes that belong to nothing stand before the data set
reading-truncated = The data break off at byte { $at }; what stands before was read
reading-compressed-corrupt = The compressed data are corrupt; what could be unpacked was read, and may be wrong
reading-pixels-truncated = { $expected } bytes of pixel data are declared, { $found } are there
reading-frames-counted = The number of frames is “{ $declared }”, which is none; the pixel data hold { $count }
reading-video-frames = The header declares { $declared } frames; the video stream holds { $count }, which are shown
reading-video-views = The video holds a second view for stereo display; the first view is shown
reading-repaired = A length or a delimiter is wrong at byte { $at }; some attributes may be missing
reading-character-set-unknown = The character set “{ $term }” is not known; names and texts may be wrong
reading-text-guessed = Some text does not fit its declared character set; names and texts may be wrong

## Archives, directories, folders

reading-failed-inside = The program failed while reading this file; please report it
reading-dicomdir = An index (DICOMDIR) of { $count } files, which are opened on their own
reading-dicomdir-missing = Listed in the DICOMDIR, but missing
reading-archive-empty = The archive is empty
reading-archive-damaged = The archive cannot be opened: { $reason }
reading-archive-encrypted = Encrypted in its archive; it needs the password
reading-archive-nested = An archive within an archive is not opened; unpack it first
reading-archive-bomb = The archive expands to far more than its size explains; its rest was not read
