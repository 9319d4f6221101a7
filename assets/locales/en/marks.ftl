### English: what lies over an image: overlays, display shutter.

viewport-overlays-off = overlays hidden
viewport-marks-faulty = an overlay or shutter is faulty
viewport-marks-in-stack = overlays: stack only
viewport-shutter-off = shutter open
menu-overlay = Overlay { $number } { $name }

## What lies over an image and cannot be shown

overlay-not-shown = Overlay { $group } is not shown: { $reason }
overlay-no-data = it holds no data
overlay-no-size = it does not say how large it is
overlay-layout = { $bits } bits a pixel are not supported
overlay-too-short = its { $columns } × { $rows } pixels need { $needed } bytes and { $found } are there
overlay-bit-taken = bit { $bit } of the pixels is not free for it
overlay-bits-lost = its bits are not in the compressed pixels
shutter-not-applied = The { $shape } shutter is not applied: its description is missing or makes no sense
shutter-rectangular = rectangular
shutter-circular = circular
shutter-polygonal = polygonal
shutter-bitmap = bitmap
shutter-covers-all = The display shutter is not applied: it would cover the whole image
