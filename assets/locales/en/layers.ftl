### English: segmentations, structure sets and doses over images.

## Why an object is not drawn

layer-another-patient = It belongs to another patient
layer-not-an-image = It is drawn over images only
layer-another-space = It lies in another frame of reference than these images
layer-images-no-place = These images do not say where they lie in the patient
layer-other-images = It was made on other images
layer-other-size = Its frames have another size than the images they name
layer-other-place = It says to lie elsewhere than the images it names
layer-not-in-reslices = It lies pixel by pixel on the images it names; resliced planes do not show it
layer-unknown = This kind of object is not drawn over images
layer-cancelled = Reading it was stopped
layer-no-segmentation-type = The segmentation does not say of which type it is (Segmentation Type)
layer-no-segments = The segmentation describes no segment
layer-no-place = It does not say where it lies: no planes with a frame of reference, and no source images
layer-several-at-one-place = It holds several frames of one segment at one place (phases, perhaps) and does not say which belongs to which image
layer-pixels-moved = Its pixels do not lie where those of its source images do (Spatial Locations Preserved)
layer-frame-no-place = It does not say where it lies
layer-frame-no-segment = It does not name its segment
layer-samples = Its pixels are not of its segmentation type
layer-dose-no-scaling = The dose has no Dose Grid Scaling; its values mean nothing without
layer-dose-uneven = The planes of the dose lie unevenly or nowhere; it is not drawn
layer-cut-off = The file ends too early: a part of its pixels is missing

## Command line

help-render-overlay-object = Segmentations, structure sets and doses to draw over the image: SOP Instance UID, file, or all
cli-no-such-object = There is no segmentation, structure set or dose { $name } among the files
cli-object-not-drawn = { $name } is not drawn: { $reason }
cli-no-objects-over-pages = Nothing is drawn over the pages of a document (--overlay-object)
info-segmentation = { $count ->
    [one] Segmentation ({ $type }), { $count } segment
   *[other] Segmentation ({ $type }), { $count } segments
}
info-structures = { $count ->
    [one] RT structure set, { $count } region
   *[other] RT structure set, { $count } regions
}
info-contours = { $count ->
    [one] { $count } contour
   *[other] { $count } contours
}
info-dose = RT dose: { $facts }
info-dose-plan = of plan { $uid }

## Jobs

job-read-layer = Reading what lies over the images

## Panel and picture

layers-title = Over the images
layer-kind-segmentation = segmentation
layer-kind-structures = RT structures
layer-kind-dose = RT dose
layer-reading = Reading…
layer-read-again = Read again
layer-show = Show { $label }
layer-hide = Hide { $label }
layer-opacity = Opacity
layer-threshold = Threshold (% of maximum)
layer-isodoses = Isodose lines
layer-dose-plan = Of plan { $plan }
layer-dose-type = { $type ->
    [PHYSICAL] Physical dose
    [EFFECTIVE] Biologically effective dose
    [ERROR] Difference of doses
   *[other] Dose of type { $type }
}
layer-dose-summation = { $summation ->
    [PLAN] whole plan
    [MULTI_PLAN] several plans
    [PLAN_OVERVIEW] overview of plans
    [FRACTION] one fraction
    [BEAM] one beam
    [BRACHY] brachytherapy
    [FRACTION_SESSION] one session of a fraction
    [BEAM_SESSION] one session of a beam
    [BRACHY_SESSION] one session of brachytherapy
    [CONTROL_POINT] one control point
    [RECORD] as delivered
   *[other] { $summation }
}
layer-share = { $type ->
    [PROBABILITY] { $name }: { $share } likely
    [OCCUPANCY] { $name }: { $share } of the voxel
   *[other] { $name } { $share }
}
layer-dose-relative = { $value } (relative dose)
layer-unnamed = No. { $number }
layer-unreadable = { $count ->
    [one] { $count } frame cannot be read. { $reason }
   *[other] { $count } frames cannot be read. The first: { $reason }
}
layer-contours-unreadable = { $count ->
    [one] { $count } contour cannot be read and is not drawn
   *[other] { $count } contours cannot be read and are not drawn
}
layer-item-another-space = In another frame of reference: not drawn here
action-layers = Segmentations and structures: show or hide
why-no-layers = Nothing lies over these images
