# The archive page and its jobs.

action-archive = Local archive
job-archive-import = Taking into the archive
job-archive-check = Checking the archive
job-archive-rebuild = Making the archive’s index again
job-archive-clean = Making room in the archive
archive-took-in = { $added ->
    [one] { $added } instance is in the archive now
   *[other] { $added } instances are in the archive now
}; { $known } were there already, { $others } could not be taken in.
archive-check-clean-aside = { $clean }. { $count ->
    [one] 1 other file was
   *[other] { $count } other files were
} kept aside before
archive-contradicts = has the identifiers of an instance that is here, but another content: { $other }
archive-told-file = { $path }: { $why }
archive-page-folder = Folder
archive-page-folder-hint = the application’s own folder
archive-page-folder-away = { $path } cannot be the archive: the folder above it is not there. Check the spelling, or that the disk is connected.
archive-page-take-in = Take in
archive-page-import = File or folder
archive-page-import-hint = /media/…/DICOM
archive-page-copy = Copy
archive-page-reference = Leave where it is
archive-page-keep = Copy the study on screen
archive-page-look = Maintenance
archive-page-check = Check that all files are there
archive-page-check-bytes = Check every byte
archive-page-rebuild = Rebuild the index
archive-page-clean = Make room
archive-page-days = Unused for (days)
archive-page-gib = At most (GiB)
archive-page-never-sent = Not known elsewhere
archive-page-stay = Stays
archive-page-go = May go
archive-page-plan = Show what would go
archive-page-would-go = { $studies ->
    [one] { $studies } study
   *[other] { $studies } studies
} would go: { $size } of { $of }. Nothing is removed yet.
archive-page-kept-back = { $count ->
    [one] { $count } study stays though the limits would let it go:
   *[other] { $count } studies stay though the limits would let them go:
}
archive-page-remove = Remove them
archive-page-leave = Leave them
archive-page-size = Size
archive-page-outside = { $count } outside
archive-page-why = Why it stays
archive-page-automatic = When
archive-page-by-hand = Only when asked
archive-page-by-itself = By itself, once a day
archive-page-automatic-rules = From the next start on, or tomorrow. What is pinned, open, on its way, outside the archive’s folder or used in the last 24 hours never goes by itself, nor what neither came from one of your nodes nor was sent to one.
archive-page-automatic-nothing = Nothing goes by itself as long as no limit is set.
archive-kept-pinned = Pinned
archive-kept-in-use = Open
archive-kept-in-queue = A transfer of it is not done
archive-kept-never-sent = Never sent: may be nowhere else
archive-kept-unasked = Sent here unasked, or fetched before that was noted, and never sent on: may be nowhere else
archive-kept-today = Received or opened today
archive-kept-elsewhere = Some of it lies outside the archive
archive-page-no-limit = no limit
