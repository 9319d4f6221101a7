# The local archive.

archive-gone = The folder of the archive, { $folder }, is not there. If it is on a drive or a share, connect it; else choose another folder in the settings.
archive-other-machine = The archive is open on another machine ({ $machine }). Close it there first.
archive-no-locks = The drive of { $folder } cannot lock files, so two programs could damage the archive together. Choose a folder on another drive.
archive-busy = Another program keeps the archive busy. Wait until it has finished its work, then try again.
archive-newer = The archive was used with a newer version of isocentre ({ $file }). Update this one, or choose another folder in the settings.
archive-damaged = The index of the archive is damaged ({ $detail }). Restart isocentre: the index is then made again from the files, which are not touched.
archive-full = The disk of the archive is full. Nothing that was acknowledged is lost; make room, then try again.
archive-too-little-room = There is too little room in { $folder } for what comes next: { $left } MB are left. Make room on that disk.
archive-read-only = Nothing can be written into the folder of the archive. Check its permissions, or choose another folder in the settings.
archive-name = The name { $path } is no Unicode text, so the archive cannot remember it. Import the file by copy instead.
archive-no-such-key = The archive cannot search by { $key }
archive-cancelled = Cancelled
archive-database = The index of the archive did not answer as expected ({ $detail }). Try again; if it happens again, rebuild the index.
archive-memory-lost = The list of transfers was damaged and was set aside; it begins anew. Images are not affected. Look through what was to be sent.
archive-index-lost = The index of the archive was damaged and was set aside. It is made again from the files, which are not touched.
archive-no-uids = It has no Study, Series or SOP Instance UID, so it cannot be kept in the archive. It can still be opened from where it is.
archive-not-indexed = This file of the archive is not in the index and cannot be found by a search: { $reason }
archive-same-patient-id = The patient ID { $id } is used for two different patients. They are kept apart: { $first } and { $second }. Check both before you rely on either.
archive-same-study = The study { $uid } is there for two different patients, also for { $other }. They are kept apart. Check both before you rely on either.
archive-kept-aside = An instance has the identifiers of one that is in the archive ({ $other }), but another content. The first stays; this one was kept aside as { $aside }.
archive-kept-aside-unproven = An instance has the identifiers of one that is in the archive ({ $other }), and is written in another transfer syntax. That both are the same image could not be shown. The first stays; this one was kept aside as { $aside }.
archive-copy-unread = The copy of it that the archive has, { $file }, could not be read ({ $reason }). What arrived was not kept beside it. Look whether the drive is sound and the file may be read, then fetch it again.
archive-no-place = It could not be kept as { $file }: { $reason }
archive-damaged-aside = A file of the archive could not be read any more. It was moved to { $aside }; a whole copy that just arrived takes its place.
archive-own-file = It lies in the archive itself
archive-no-reference = Only files with a readable name and unencrypted entries of zip archives can be kept where they are. Import by copy instead.

archive-imported = { $added ->
    [one] 1 instance is in the archive now
   *[other] { $added } instances are in the archive now
}; { $known } were there already, { $aside } contradict one that is there, { $passed } files were passed over
archive-import-aside = { $path } contradicts { $other }
archive-nothing-found = Nothing in the archive matches
archive-rebuilding = The index is made again from the files…
archive-rebuilt = The index holds { $instances } instances now, from { $files } files of the archive. Files elsewhere that could not be reached: { $missing }.
archive-check-clean = { $count ->
    [one] 1 instance was checked; it is as it was kept
   *[other] { $count } instances were checked; all are as they were kept
}
archive-check-faults = { $count ->
    [one] 1 instance was checked
   *[other] { $count } instances were checked
}, with { $faults ->
    [one] 1 fault
   *[other] { $faults } faults
}
archive-check-missing = is not there any more
archive-check-changed = is not what was kept
archive-check-unindexed = is not in the index; a rebuild would take it in
archive-check-reference = is known by reference, and is not there any more or has changed
archive-check-aside = was kept aside when it came: it contradicts an instance that is here, or was damaged. It is neither shown nor found by searches
archive-clean-nothing = Nothing would go
archive-clean-would = { $studies ->
    [one] 1 study would go
   *[other] { $studies } studies would go
}, of { $size }; --remove removes them
archive-clean-did = { $studies ->
    [one] 1 study went
   *[other] { $studies } studies went
}, of { $size }
archive-clean-passed = { $count ->
    [one] 1 study changed or came into use meanwhile and stays
   *[other] { $count } studies changed or came into use meanwhile and stay
}
archive-tidied-not-removed = { $count ->
    [one] 1 file that was to go from the local archive could not be removed and stays
   *[other] { $count } files that were to go from the local archive could not be removed and stay
}. Look whether this program may write there, or remove by hand on the page of the archive.
archive-clean-not-removed = could not be removed
archive-stays-pinned = stays: it is pinned
archive-stays-in-use = stays: it is open
archive-stays-in-queue = stays: a transfer of it is not done
archive-stays-never-sent = stays: something in it was never sent and may be nowhere else
archive-stays-unasked = stays: something in it was sent here unasked, or fetched before that was noted, was never sent on and may be nowhere else
archive-tidied = { $studies ->
    [one] 1 study that was not used for long went from the local archive
   *[other] { $studies } studies that were not used for long went from the local archive
} ({ $size }). They can be fetched again from the nodes they came from. The archive page has the limits.
archive-rebuild-stopped = The index was not made again to its end: a search may miss studies of the archive until it is. Make it again on the archive page.
archive-stays-today = stays: it was received or opened today
archive-stays-elsewhere = stays: some of it lies outside the archive
archive-clean-no-limit = Say what is to go: --unused-days, --at-most-gib or both

help-archive = The local archive: import, find, check, rebuild, clean up
help-archive-import = Take files in
help-archive-find = What the archive has
help-archive-check = Whether the files are what the index says
help-archive-rebuild = Make the index again from the files
help-archive-clean = What may go, by age and size; with --remove, remove it
help-archive-folder = The folder of the archive; that of the settings if not given
help-archive-reference = Leave the files where they are
help-archive-words = Words of the patient’s name, in any order
help-archive-files = Print the files of what is found
help-archive-contents = Also compare every byte with its checksum
help-archive-unused-days = Studies not kept or opened for so many days
help-archive-at-most-gib = The longest unused, until the archive takes no more GiB
help-archive-also-never-sent = Also what was fetched from no node and was sent to none
help-archive-remove = Remove what is listed
