### English: presentation states.

## Why one cannot be applied

presentation-class = { $class } presentation states cannot be applied yet
presentation-class-blending = blending
presentation-class-xa = X-ray angiography
presentation-class-planar = planar volume
presentation-class-volume = volume rendering
presentation-class-variable = variable modality table
presentation-class-other = unknown kinds of
presentation-mask = it subtracts a mask, which is not done yet
presentation-no-images = it names no image
presentation-no-lut = its presentation LUT cannot be read
presentation-no-palette = its colour palette cannot be read
presentation-refused = This presentation state is not applied: { $reason }

## What of one is not shown

presentation-objects-lost = { $count ->
    [one] One graphic or text of the presentation state cannot be read and is not drawn
   *[other] { $count } graphics or texts of the presentation state cannot be read and are not drawn
}

## In the window

presentation-about = { $count ->
    [one] For one image
   *[other] For { $count } images
}
presentation-waits = Its images are not open; it is applied when they come
viewport-presentation = Presentation { $name }
viewport-presentation-modified = presentation modified
viewport-presentation-elsewhere = presentation: not for this image
viewport-presentation-true-size = shown to fit: true size is not known
viewport-presentation-faulty = part of the presentation is not shown
menu-presentation = Presentation state { $name }
menu-no-presentation = No presentation state
action-next-presentation = Next presentation state
action-no-presentation = No presentation state
why-no-presentation = There is no presentation state for these images
why-not-presented = No presentation state is applied
history-presentation = Presentation state { $name }
history-no-presentation = Without presentation state { $name }

## On the command line

cli-no-such-presentation = No presentation state { $name }; there are: { $names }
cli-no-presentations = No presentation state { $name }; there is none
cli-presentation-elsewhere = Presentation state { $name } is not for this image
cli-presentation-no-images = None of the images of presentation state { $name } is among these files
help-render-presentation = As a presentation state shows it, by its UID, label or file (stack)
info-presentation = Presentation state { $name }
info-presentation-refused = Presentation state, not applied: { $reason }
info-presentation-by = by { $creator }
info-presentation-about = { $images ->
    [one] for one image
   *[other] for { $images } images
} of { $series ->
    [one] one series
   *[other] { $series } series
}
