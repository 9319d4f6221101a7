# Actions: their names in palette, tools row and help sheet.
action-open = Open…
action-open-folder = Open a folder…
action-open-files = Open files…
action-open-demo = Open the demo study
action-passed-over = Files not shown
action-hide-identification = Hide identification
action-save-report = Save report
action-report-folder = Choose the report folder…
action-previous-image = Previous image
action-next-image = Next image
action-ten-back = Ten images back
action-ten-forward = Ten images forward
action-first-image = First image
action-last-image = Last image
action-previous-series = Previous series
action-next-series = Next series
action-next-pane = Next view
action-reset = Reset the view
action-fit = Fit to the view
action-one-to-one = Actual pixels, 1:1
action-invert = Invert
action-flip-horizontal = Flip left to right
action-flip-vertical = Flip top to bottom
action-rotate-right = Rotate right
action-rotate-left = Rotate left
action-filter-nearest = Interpolation: nearest
action-filter-linear = Interpolation: linear
action-filter-cubic = Interpolation: cubic
action-next-own-voi = Image’s own window or table: next
action-image-overlays = Overlays of the image: show, hide
action-shutter = Display shutter: closed, open
action-overlay = Corner texts: all, essential, none
action-mpr = MPR
action-maximise = Maximise the view
action-layout-1x1 = Layout: one view
action-layout-1x2 = Layout: two side by side
action-layout-2x1 = Layout: two, one above the other
action-layout-2x2 = Layout: 2 × 2
action-layout-3x3 = Layout: 3 × 3
action-fold-left = Fold or unfold the studies
action-fold-right = Fold or unfold the findings
action-full-screen = Full screen
action-undo = Undo
action-redo = Redo
action-delete = Delete the selected measurement
action-deselect = Deselect
action-palette = All commands…
action-settings = Settings
action-help = Keys and mouse
action-about = About isocentre
action-jobs = Running work
action-close-part = Close what is open, cancel
action-quit = Quit

# Short words under the icons.
tool-word-open = Open
tool-word-layout = Layout
tool-word-mpr = MPR
tool-word-picture = Picture
tool-word-preset = Presets
tool-word-undo = Undo
tool-word-redo = Redo

# Headings.
group-study = Study
group-navigate = Images and series
group-window = Window presets
group-picture = Picture
group-tools = Tools
group-layout = Layout
group-edit = Editing
group-program = Program

# Keys.
key-control = Ctrl
key-shift = Shift
key-itself = { $key }
key-home = Home
key-end = End
key-page-up = Page up
key-page-down = Page down
key-tab = Tab
key-escape = Esc
key-delete = Del
key-backspace = Backspace

# Why something cannot be done now.
why-no-image = Open a study first
why-not-in-mpr = Not in MPR: a resliced plane has no pixels of its own
why-nothing-to-undo = Nothing to undo in this study
why-nothing-to-redo = Nothing to redo in this study
why-nothing-selected = Select a measurement first
why-nothing-to-save = Measure or write something first
why-nothing-new-to-save = Everything is in a saved report
why-none-passed-over = Every file found is shown
