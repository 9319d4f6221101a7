# What panes say: corners, values, pointer bindings.

viewport-name = Image pane: { $content }
viewport-hidden = Identification hidden
viewport-no-name = (no name)
viewport-series = Se { $number }
viewport-image = Im { $number }/{ $of }
viewport-thickness = thickness { $value }
viewport-window = W { $width }  L { $center }
viewport-voi-lut = Image’s own table (W { $width }  L { $center })
viewport-zoom = Zoom { $percent } %
viewport-filter-nearest = nearest pixel
viewport-filter-cubic = cubic
viewport-inverted = inverted
viewport-lossy = Lossy compression
viewport-lossy-ratio = Lossy compression { $ratio } : 1
viewport-slices = Slices

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
probe-padding = no image here
probe-gap = missing slice

arrow-text = Text of the arrow

pointer-left = Left drag
pointer-left-does = The chosen tool
pointer-alt-left = Alt + left drag
pointer-middle = Middle drag
pointer-right = Right drag
pointer-right-click = Right click
pointer-menu-does = Menu of the pane
pointer-double-click = Double click
pointer-maximise-does = The pane over the whole window, or back
pointer-wheel = Wheel
pointer-slice-does = One image a notch
pointer-shift-wheel = Shift + wheel
pointer-slices-does = Ten images a notch
pointer-ctrl-wheel = Ctrl + wheel
pointer-zoom-does = Zoom at the pointer
pointer-shift-move = Shift + move
pointer-point-does = Every view goes to the point under the pointer
