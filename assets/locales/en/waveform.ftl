### English: waveforms (ECG, pressures, voice) and their calipers.

waveform-pane = Waveform: { $leads }
waveform-group = Group { $number }
waveform-channel = Channel { $number }
waveform-speed = { $speed } mm/s
waveform-gain = { $gain } mm/mV
waveform-factor = × { $factor }
waveform-sampled = sampled at { $hz } Hz
waveform-band = filter { $low }–{ $high } Hz
waveform-high-pass = filter from { $hz } Hz
waveform-low-pass = filter up to { $hz } Hz
waveform-notch = notch { $hz } Hz
waveform-time = { $from }–{ $to } of { $of } s
waveform-step = 10 mm = { $value }
waveform-step-raw = 10 mm = { $value } stored units; the file gives no unit
waveform-axis = axis at { $value }
waveform-raw = { $value } stored units
waveform-no-values = no values

# Calipers.
waveform-time-caliper = Time caliper
waveform-level-caliper = Amplitude caliper
waveform-interval = Δt { $ms } · { $rate } bpm
waveform-interval-none = Δt { $ms }
waveform-difference = { $lead }: Δ { $value }

# What is missing or cannot be shown.
waveform-none = The file holds no waveform
waveform-shortened = The data end early: { $found } of { $declared } s are there
waveform-no-frequency = The waveform has no usable sampling frequency; it cannot be drawn in time
waveform-no-samples = The waveform holds no samples
waveform-sample-kind = Waveform samples of { $bits } bits stored as “{ $term }” cannot be read
waveform-channels-disagree = The file says { $declared } channels but describes { $described }; which lead is which is not certain, so none is shown
waveform-too-many-channels = The waveform says { $count } channels; at most { $most } can be shown
