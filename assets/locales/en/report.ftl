# Files, measuring, structured reports.
files-no-folder = The folder cannot be made: { $reason }
files-not-written = The file was not written: { $reason }. Nothing half-written was left
files-not-read = The file cannot be read: { $reason }
files-no-home = The system names no home folder; set ISOCENTRE_HOME to a folder that may be written
files-not-encoded = The data cannot be written as DICOM: { $error }
files-reason-full = the disk is full; free some space or choose another folder
files-reason-too-large = the file would be larger than this disk or account allows
files-reason-permission = writing there is not allowed; choose another folder
files-reason-gone = the file or its folder is not there any more
files-reason-not-a-folder = a file of that name is in the way; choose another folder
files-reason-other = { $error }

quantity-length = Length
quantity-angle = Angle
quantity-area = Area
quantity-mean = Mean
quantity-sd = SD
quantity-min = Min
quantity-max = Max
quantity-count = Pixels
quantity-value = Value

sr-not-a-report = The file is no structured report; open it as an image instead
sr-nothing-to-report = There is nothing to report yet: measure something or write a text
sr-no-study = The images name no study, so no report can be written for them
sr-geometry = “{ $label }” cannot be written to a report: its points are incomplete, or its image has no frame of reference
sr-foreign-image = “{ $label }” lies on an image that does not belong to the study reported on
sr-read-back = The report was written but could not be read back ({ $error }); it was removed. Try another folder
sr-differs = The report was written but reads differently ({ $what }); it was removed. Try another folder
sr-group-without-place = The measurements of “{ $label }” name no place on an image; they are kept in the report but cannot be shown on the images
sr-value-text = { $text }
sr-value-number = { $value } { $unit }
sr-value-none = no value
sr-value-image = image { $uid }
sr-value-image-frames = image { $uid }, frame { $frames }
sr-value-object = object { $uid }
sr-value-waveform = waveform { $uid }
sr-value-pixels = { $graphic } in image pixels: { $points }
sr-value-patient = { $graphic } in patient mm: { $points }
sr-value-reference = see item { $position }
sr-value-unknown = { $type } (cannot be shown)

journal-unreadable = A draft in the journal is damaged or of another version; it was left where it is
