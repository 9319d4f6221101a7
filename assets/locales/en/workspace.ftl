# What the workspace and the engine say: history, kinds of annotation, presets, jobs.

history-draw = draw { $what }
history-change = change { $what }
history-delete = delete { $what }
history-findings = edit findings
history-impression = edit impression
history-restore = restore unsaved work

kind-probe = point value
kind-length = length
kind-angle = angle
kind-ellipse = ellipse
kind-rectangle = rectangle
kind-arrow = arrow
kind-other = region

label-probe = Point { $number }
label-length = Length { $number }
label-angle = Angle { $number }
label-ellipse = Ellipse { $number }
label-rectangle = Rectangle { $number }
label-arrow = Arrow { $number }
label-other = Region { $number }

preset-auto = Full range
preset-default = Default
preset-soft = Soft tissue
preset-lung = Lung
preset-bone = Bone
preset-brain = Brain
preset-stroke = Stroke
preset-liver = Liver
preset-mediastinum = Mediastinum
preset-angio = Angiography

job-unlock = Decrypting
job-stopped = Stopped before it was done
scan-stopped = Reading was stopped: not all files were read. Open them again to read the rest
job-scan = Reading files
job-demo = Making the demo study
job-load = Loading images
job-thumbnail = Drawing a thumbnail
job-save-report = Saving the report
job-read-report = Reading a report
job-journal = Looking for unsaved work

mpr-refused = This series cannot be resliced: { $reason }
volume-not-in-memory = The volume does not fit into memory; the images can be read one by one
settings-not-written = The settings could not be written: { $detail }
settings-unreadable = The settings could not be read and were put aside; the defaults are used ({ $detail })
report-verified = The report was written, read back and found equal
report-value-missing = “{ $label }” has no { $quantity }: the images it needs could not be read. Nothing was saved
journal-not-written = Unsaved work could not be put aside: { $reason }
