# The local archive.

archive-gone = The folder of the archive, { $folder }, is not there. If it is on a drive or a share, connect it; else choose another folder in the settings.
archive-other-machine = The archive is open on another machine ({ $machine }). Close it there first.
archive-no-locks = The drive of { $folder } cannot lock files, so two programs could damage the archive together. Choose a folder on another drive.
archive-busy = Another program keeps the archive busy. Wait until it has finished its work, then try again.
archive-newer = The archive was used with a newer version of isocentre ({ $file }). Update this one, or choose another folder in the settings.
archive-damaged = The index of the archive is damaged ({ $detail }). Restart isocentre: the index is then made again from the files, which are not touched.
archive-full = The disk of the archive is full. Nothing that was acknowledged is lost; make room, then try again.
archive-read-only = Nothing can be written into the folder of the archive. Check its permissions, or choose another folder in the settings.
archive-name = The name { $path } is no Unicode text, so the archive cannot remember it. Import the file by copy instead.
archive-no-such-key = The archive cannot search by { $key }
archive-cancelled = Cancelled
archive-database = The index of the archive did not answer as expected ({ $detail }). Try again; if it happens again, rebuild the index.
archive-memory-lost = The list of transfers was damaged and was set aside; it begins anew. Images are not affected. Look through what was to be sent.
