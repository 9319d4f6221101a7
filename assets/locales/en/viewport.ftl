# What panes say: corners, values, pointer bindings.

viewport-name = Image pane: { $content }
viewport-empty = Double-click a series, or drag it here
viewport-reading = Reading…
viewport-hidden = Identification hidden
viewport-no-name = (no name)
viewport-other-patient = Another patient: { $name }
viewport-series = Se { $number }
viewport-image = Im { $number }/{ $of }
viewport-phase = Phase { $number }/{ $of }
viewport-volume = Volume { $number }/{ $of }
viewport-thickness = thickness { $value }
viewport-window = W { $width }  L { $center }
voi-named = { $name }
voi-window = Window { $number }
voi-table = Table { $number }
viewport-voi-lut = Image’s own table (W { $width }  L { $center })
viewport-zoom = Zoom { $percent } %
viewport-filter-nearest = nearest pixel
viewport-filter-cubic = cubic
viewport-inverted = inverted
viewport-lossy = Lossy compression
viewport-lossy-ratio = Lossy compression { $ratio } : 1
viewport-slices = Slices
viewport-missing = { $count ->
    [one] 1 slice missing
   *[other] { $count } slices missing
}
viewport-unreadable = { $count ->
    [one] 1 slice unreadable
   *[other] { $count } slices unreadable
}
viewport-slice-missing = This slice is missing from the series

menu-edit-text = Edit the text

# The bar of a film.
cine-play = Play
cine-stop = Stop
cine-faster = Faster
cine-slower = Slower
cine-position = Position in the film
cine-loop = Loop
cine-sweep = Forth and back
cine-once = Once
cine-frames = Through the slices
cine-phases = Through the phases
cine-fps = { $fps } fps
cine-waiting = waiting…
cine-waiting-help = The next image is not decoded yet: the film waits for it
cine-left-out = Asked for { $fps } fps: the screen cannot follow and leaves images out
cine-rate-recommended = Rate recommended by the images
cine-rate-frame-time-vector = Time of each image (Frame Time Vector)
cine-rate-frame-time = Time of the images (Frame Time)
cine-rate-camera = Rate of the acquisition (Cine Rate)
cine-rate-frame-duration = Duration of the images (Actual Frame Duration)
cine-rate-trigger-time = Delays after the trigger
cine-rate-video = Rate of the video stream
cine-rate-default = The images state no rate

plane-axial = Axial
plane-coronal = Coronal
plane-sagittal = Sagittal

calibration-calibrated = calibrated
calibration-magnified = corrected for magnification
calibration-detector = at the detector
calibration-scanner = on the film
calibration-ultrasound = ultrasound region

probe-point = ({ $x }, { $y }, { $z }) mm
probe-pixel = pixel ({ $column }, { $row })
probe-unmapped = no value: { $stored } as stored is not mapped
probe-padding = no image here
probe-gap = missing slice
unit-hounsfield = HU

arrow-text = Text of the arrow

pointer-left = Left drag
pointer-left-does = Chosen tool
pointer-alt-left = Alt + left drag
pointer-middle = Middle drag
pointer-right = Right drag
pointer-right-click = Right click
pointer-menu-does = Menu
pointer-double-click = Double click
pointer-maximise-does = Maximise the view, and back
pointer-wheel = Wheel
pointer-slice-does = One image a notch
pointer-shift-wheel = Shift + wheel
pointer-ctrl-shift-wheel = Ctrl + Shift + wheel, or the wheel sideways
pointer-phase-does = The same slice of the next phase, echo or b-value
pointer-slices-does = Ten images a notch
pointer-ctrl-wheel = Ctrl + wheel
pointer-zoom-does = Zoom at the pointer
pointer-shift-move = Shift + move
pointer-point-does = Same point everywhere

tool-window = Window
tool-window-help = Drag: right widens the window, up brightens
tool-pan = Pan
tool-pan-help = Drag moves the picture; the middle button always does
tool-zoom = Zoom
tool-zoom-help = Drag up or down zooms at the pointer; the right button always does
tool-scroll = Scroll
tool-scroll-help = Drag up or down through the images; the wheel always does
tool-length = Length
tool-length-help = Drag from one end to the other
tool-angle = Angle
tool-angle-help = Click an arm, the vertex and the other arm
tool-ellipse = Ellipse
tool-ellipse-help = Drag across the region; Shift makes a circle
tool-rectangle = Rectangle
tool-rectangle-help = Drag across the region; Shift makes a square
tool-probe = Probe
tool-probe-help = Click a point: its value stays
tool-arrow = Arrow
tool-arrow-help = Drag from what it points at to where the text stands, then type
tool-crosshair = Crosshair
tool-crosshair-help = Drag: every view goes to the point under the pointer
