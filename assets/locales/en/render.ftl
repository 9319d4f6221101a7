### English: the graphics adapter and the passes.

render-no-adapter = No graphics adapter was found, so pictures are computed on the processor, more slowly. Install a graphics driver with Vulkan; a software one is enough (Debian: apt install mesa-vulkan-drivers). The system said: { $reason }
render-too-large = { $width } × { $height } × { $depth } is more than the graphics adapter takes ({ $limit } at most); this is computed on the processor, more slowly
render-out-of-memory = The graphics adapter has no { $mib } MiB left; this is computed on the processor, more slowly
render-unsuitable = This image cannot be drawn on the graphics adapter
render-failed = The graphics adapter refused a command: { $reason }
render-lost = The graphics adapter was lost; pictures are computed on the processor until the program is started again. The system said: { $reason }
