# The command line.

cli-passed-over = { $path }: { $reason }
cli-no-images = No images were found
cli-no-such-series = No series has the UID or number { $series }
cli-no-such-index = There is no slice { $index }: there are { $count }
cli-no-positions = These images do not say where they lie in the patient; ask for a slice by its number
cli-bad-option = { $option } makes no sense of “{ $value }”
cli-cpu-instead = Rendered on the processor: { $reason }
cli-png-failed = The picture could not be encoded: { $detail }
