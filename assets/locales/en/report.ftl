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
