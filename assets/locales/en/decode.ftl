### English: decoding pixels.

decode-no-pixel-data = This object holds no image
decode-missing-attribute = The image cannot be shown: its header does not say { $attribute }
decode-absurd-size = The image cannot be shown: its header declares { $columns } × { $rows } pixels, { $bytes } bytes a frame, which cannot be true
decode-unknown-transfer-syntax = The image cannot be shown: its transfer syntax { $uid } is not known. Export the study again uncompressed
decode-not-yet = The image cannot be shown: { $name } is not decoded yet. Export the study again uncompressed or in another compression
decode-not-built-in = The image cannot be shown: this build of isocentre was made without the decoder for { $name }
decode-depends-on-damaged = The frame is not shown: it builds on frame { $number }, which is damaged. Copy the file again from its source
decode-layout = The image cannot be shown: pixels of { $samples } samples with { $bits } bits allocated are not supported
decode-photometric = The image cannot be shown: the photometric interpretation { $name } is not supported
decode-palette = The image cannot be shown: its colour palette is missing or broken
decode-no-such-frame = There is no frame { $number }: the image declares { $frames }
decode-truncated = The frame is cut off, and too little of it is there to show: it needs { $expected } bytes and { $found } are there. Copy the file again from its source
decode-frame-missing = Frame { $number } is missing: the file declares { $declared } frames and holds { $found }. Copy the file again from its source
decode-frame-boundaries = The image cannot be shown: nothing tells how its { $fragments } fragments make { $frames } frames
decode-mismatch = The image cannot be shown: its { $codec } data hold { $stream }, but its header declares { $header }
decode-damaged = The frame is damaged and not shown: { $codec } reports “{ $detail }”. Copy the file again from its source
decode-read = The pixel data could not be read: { $detail }
decode-memory = There is not enough memory to decode the frame: { $bytes } bytes are needed
decode-panicked = The { $codec } decoder failed on this frame: { $detail }. All other images are unaffected
decode-ended = The { $codec } decoder ended unexpectedly on this frame; it is not shown. All other images are unaffected
decode-too-slow = The { $codec } decoder took too long over this frame and was ended; it is not shown. All other images are unaffected
decode-cancelled = Decoding was cancelled

## isocentre frames

frames-failed = Frame { $number }: { $reason }
frames-cut-off = Frame { $number } is cut off at row { $row } of { $rows }: { $bytes } bytes of its pixel data are missing, and what they held is written as zeros

## A frame that was cut off

frame-cut-off = Cut off at row { $row } of { $rows }: { $bytes } bytes of the pixel data are missing
viewport-cut-off = Cut off at row { $row } of { $rows }
viewport-slices-cut-off = { $count ->
    [one] 1 slice is cut off
   *[other] { $count } slices are cut off
}
probe-missing = missing: the file is cut off
