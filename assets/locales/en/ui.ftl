### English: the window.
app-name = isocentre
name-and-detail = { $name }: { $detail }
window-values = { $width } / { $center }

## Patient bar and browser

identification-hidden = Identification hidden
patient-unnamed = No name
patient-id = ID { $value }
patient-accession = Acc { $value }
browser-series = { $modality } · series { $number }
browser-untitled = No description
browser-title = Studies
browser-fold = Fold the studies
browser-unfold = Unfold the studies
browser-empty = Nothing is open
browser-reading = Reading headers…
browser-frames = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
browser-phases = { $count ->
    [one] { $count } phase
   *[other] { $count } phases
}
browser-set-help = Double-click, or drag into a view
browser-missing = { $count ->
    [one] Slice { $numbers } is missing
   *[other] { $count } slices are missing: { $numbers }
}
browser-duplicates = { $count ->
    [one] 1 image lies where another one lies; MPR leaves it out
   *[other] { $count } images lie where others lie; MPR leaves them out
}
browser-tilt = Gantry tilted by { $degrees }; MPR allows for it
browser-unreadable = { $count ->
    [one] 1 image cannot be read. { $reason }
   *[other] { $count } images cannot be read. The first: { $reason }
}
passed-over-badge = { $count ->
    [one] { $count } file not shown
   *[other] { $count } files not shown
}
passed-over-sum = { $found ->
    [one] { $found } file found
   *[other] { $found } files found
}, { $passed } not shown. Each with its reason:

## Views

layout-grid = { $rows } × { $columns }

## Findings and report

measurements-title = Measurements
findings-fold = Fold the findings
findings-unfold = Unfold the findings
measurements-empty = None yet. Choose a tool above and draw on the image.
measurement-place = Im { $number }
measurement-label = Name of the measurement
measurement-delete = Delete { $label }
report-text-findings = Findings
report-text-impression = Impression
report-observer = Observer
report-observer-hint = Your name
report-folder-none = Choose where reports go
report-saving = Saving…
report-unsaved = Not saved yet
report-saved-as = Saved: { $file }
journal-found = Unsaved work of an earlier session was found: { $count ->
    [0] text
    [one] { $count } measurement, and text if there was any
   *[other] { $count } measurements, and text if there was any
}.
journal-restore = Restore
journal-discard = Discard

## Status, work, notices

status-hint = F1 shows the keys, Ctrl + K all commands
status-progress = { $done }/{ $of }
status-more-jobs = +{ $count }
job-cancel = Cancel: { $job }
jobs-none = Nothing is running
notice-dismiss = Dismiss
notice-times = { $count } times
notices-more = { $count } older notices
notices-dismiss-all = Dismiss all
severity-note = Note
severity-warning = Warning
severity-error = Error

## Opening

start-title = Open a study
start-help = Drop files, folders, zip archives or a DICOMDIR anywhere in this window
start-path = Or type a path; Tab completes it
start-recent = Recent
open-title = Open
path-field = Path of a file or folder
path-hint = /folder/of/the/study
path-open = Open
path-missing = Nothing is there: { $path }. Check the spelling, or that the disk is connected.
dialog-not-opened = The file dialog could not be opened; type the path instead
window-no-adapter = isocentre found no graphics adapter it can use ({ $detail }). Install a Vulkan driver; on Debian and Ubuntu, “apt install mesa-vulkan-drivers” also serves machines without a graphics card. The command line works without one.
window-not-opened = isocentre could not open its window: { $detail }. Is there a display? The command line works without one.
window-not-opened-logged = isocentre could not open its window; the line above says why. Is there a display? The command line works without one.

## The demo without a display

demo-no-display = There is no display: what the window would show, and a report, are written to ./isocentre-demo/
demo-no-adapter = No graphics adapter ({ $detail }): the window cannot be drawn; the views are written as the processor draws them. On Debian and Ubuntu, “apt install mesa-vulkan-drivers” gives a software adapter.
demo-written = Written: { $path }
demo-too-slow = The demo was not ready within two minutes
demo-report-failed = The demo’s report was not written
demo-picture-failed = The picture could not be written: { $path } { $detail }
demo-diameter = Nodule, diameter
demo-density = Nodule, density
demo-findings = Solid nodule in the right lung, smooth margin. No lymph node enlargement.
demo-impression = Solitary pulmonary nodule. Follow-up CT advised.

## Parts over the window

part-close = Close
help-pointer = Mouse on the image
palette-title = All commands
palette-hint = Type a few letters of a command
palette-none = No command has these letters
about-version = isocentre { $version }
about-what = A desktop DICOM viewer: open, look, reslice, measure, report.
about-licence = Free software under the MIT or Apache 2.0 licence. Fonts: Noto (OFL), Droid Sans Fallback and Material Symbols (Apache 2.0).
about-news = New in 0.1.0: the first release, from a folder of DICOM files to a measured, reported finding.

## Settings

setting-language = Language
setting-language-system = System
setting-theme = Theme
setting-theme-dark = Dark
setting-theme-light = Light
setting-overlay = Corner texts
setting-overlay-all = All
setting-overlay-essential = Essential
setting-overlay-none = None
setting-filter = Interpolation
setting-filter-nearest = Nearest
setting-filter-linear = Linear
setting-filter-cubic = Cubic
setting-drag = Window by drag
setting-drag-usual = Up brightens
setting-drag-inverted = Up darkens
setting-report-folder = Report folder
setting-choose = Choose…

## Questions

notice-title = Before you start
not-cleared = isocentre is not cleared for diagnosis: it is no medical device, and nothing it shows may be the ground of a clinical decision.
notice-body = Use it to look at studies, to teach, to test. Measurements depend on the calibration stated beside them.
notice-understood = I have read this
close-title = Unsaved work
close-body = { $count ->
    [one] One study has
   *[other] { $count } studies have
} measurements or text that are in no report yet.
close-saving = Saving; the window closes when every report is on disk.
close-save = Save report
close-draft = Keep as draft and close
close-cancel = Cancel

# Encrypted archives
unlock-title = { $count ->
    [one] “{ $archive }” holds an encrypted file
   *[other] “{ $archive }” holds { $count } encrypted files
}
unlock-wrong = The password is not the right one
unlock-password = Password
unlock-open = Open
unlock-leave = Not now
