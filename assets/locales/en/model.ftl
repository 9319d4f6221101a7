### English: patients, studies, series, display sets and volumes.

memory-refused = Not enough memory: { $asked } MiB are needed, { $free } of { $total } MiB are free. Close other studies and try again

## What cannot be shown

kind-no-sop-class = The file does not say what kind of object it is
kind-unknown = An object of a private kind ({ $uid }); only its maker’s programs can draw it
kind-document = An encapsulated document of an unknown kind; it cannot be shown
kind-cda = A clinical document (CDA); it cannot be shown yet
kind-stl = A surface to print (STL); it cannot be shown yet
kind-obj = A surface model (OBJ); it cannot be shown yet
kind-mtl = Materials of a surface model (MTL); there is nothing in it to see
kind-raw-data = Raw data of the scanner; only its maker’s programs can make pictures of them
kind-radiotherapy = A radiotherapy record; it cannot be shown yet
kind-radiotherapy-plan = A radiotherapy plan; its beams are not drawn
kind-structure-set = An RT structure set: its contours are drawn over the images of the same frame of reference
kind-standard = { $name }: isocentre cannot draw this kind of object
kind-spectroscopy = MR spectroscopy; it cannot be shown yet
kind-annotations = Microscopy annotations; they cannot be shown yet
kind-real-world-values = A real world value mapping: its values stand beside those of the images it names
kind-image-without-pixels = An image without pixel data

## Twice the same name

passed-over-duplicate = The same instance as { $other }
model-same-uid = The same instance UID as { $other }, but other content; both are kept
model-same-patient-id = Patient ID { $id } stands for { $first } and for { $second }; they are kept apart
model-study-of-two-patients = One study names two patients, { $first } and { $second }; they are kept apart

## What sets display sets of a series apart

split-localizer = localizer
split-size = { $columns } × { $rows }
split-axial = axial
split-coronal = coronal
split-sagittal = sagittal
split-direction = direction { $number }
split-various-orientations = various orientations
split-image-type = { $value }
split-echo-time = TE { $value } ms
split-echo-number = echo { $value }
split-b-value = b { $value }
split-kernel = kernel { $value }
split-stack = stack { $value }
split-temporal-position = time { $value }
split-trigger-time = trigger { $value } ms
split-contrast = contrast { $value }
split-dimension = { $name } { $value }
split-acquisition = acquisition { $value }
split-acquisition-time = acquired { $value }
split-repetition = repetition { $number } of { $of }

# What of an image in several files is not there.
concatenation-parts = { $count ->
    [one] Part { $parts } of { $of } is missing
   *[other] Parts { $parts } of { $of } are missing
}
concatenation-frames = { $count ->
    [one] One image is missing
   *[other] { $count } images are missing
}

## Why there is no volume

no-volume-not-an-image = It has no images
no-volume-too-few-slices = { $found ->
    [one] One slice; a volume needs { $needed }
   *[other] { $found } slices; a volume needs { $needed }
}
no-volume-too-few-positions = { $positions ->
    [one] All slices lie at one place; a volume needs { $needed } places
   *[other] The slices lie at { $positions } places; a volume needs { $needed }
}
no-volume-no-position = { $frames ->
    [one] One image does not say where it lies in the patient
   *[other] { $frames } images do not say where they lie in the patient
}
no-volume-not-in-patient = The positions are those of the transducer: where the images lie in the patient is not known
no-volume-no-spacing = { $frames ->
    [one] One image has no usable pixel spacing
   *[other] { $frames } images have no usable pixel spacing
}
no-volume-colour = Colour images are not resliced
no-volume-different-sizes = The images differ in size
no-volume-different-spacing = The pixel spacing differs, from { $smallest } to { $largest } mm
no-volume-different-frames-of-reference = The images belong to different frames of reference
no-volume-not-parallel = The slices are not parallel; they differ by { $degrees }°
no-volume-irregular-spacing = The slices are not evenly spaced; steps go from { $smallest } to { $largest } mm
no-volume-not-in-line = The slices are shifted sideways by { $mm } mm
no-volume-too-many-missing = { $missing } slices are missing, only { $present } are there
no-volume-repeated = { $repeated } of { $frames } images lie where another one lies; they may belong to different times

## What `info` lists

info-nothing = There is nothing here that can be shown
info-unnamed = Unnamed patient
info-instances = { $count ->
    [one] 1 instance
   *[other] { $count } instances
}
info-report = Structured report
info-waveform = Waveform
info-frames = { $frames ->
    [one] 1 image { $columns } × { $rows }
   *[other] { $frames } images { $columns } × { $rows }
}
info-video = { $codec } video ({ $container }), { $fps } images a second
info-video-audio = { $codec } video ({ $container }), { $fps } images a second; its sound is not played
info-video-no-rate = { $codec } video ({ $container }) without a rate
info-video-no-rate-audio = { $codec } video ({ $container }) without a rate; its sound is not played
info-volume = volume { $x } × { $y } × { $z } mm
info-tilt = tilted by { $degrees }°
info-missing = { $count ->
    [one] slice { $numbers } missing
   *[other] slices { $numbers } missing
}
info-duplicates = { $count ->
    [one] 1 image double
   *[other] { $count } images double
}
info-passed-over = { $count ->
    [one] One file was passed over:
   *[other] { $count } files were passed over:
}
info-summary = { $found ->
    [one] One file found: { $shown } shown, { $passed } passed over
   *[other] { $found } files found: { $shown } shown, { $passed } passed over
}
