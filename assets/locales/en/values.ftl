### English: what the values of an image stand for, and the millimetres the reader gives it.

calibration-manual = manual calibration
menu-calibrate-image = Calibrate this image with this line…
menu-calibrate-series = Calibrate the series with this line…
menu-uncalibrate-image = Remove the manual calibration of this image
menu-uncalibrate-series = Remove the manual calibration of the series
calibrate-image-hint = True length of this line, for this image
calibrate-series-hint = True length of this line, for all images of the series whose pixels are alike
calibrate-replaces = Replaces what the image says: { $spacing } a pixel { $source }
calibrate-wrong = Type a length in millimetres, such as 25.4
history-calibrate = Calibrate by a line
history-uncalibrate = Remove the manual calibration
