# Pictures that stand for images still on their way over a slow line.

preview-badge = Preview – not for diagnosis
preview-no-values = Preview: no values
preview-no-hand = This is a preview. Nothing can be measured on it and its window cannot be changed until the image itself is here.
preview-in-full = { $here } of { $of } images in full
preview-cut-short = Only { $here } of { $of } images in full: the rest did not come
preview-reached = Diagnostic quality reached: { $of ->
    [one] the image is here in full
   *[other] all { $of } images are here in full
}
preview-reached-lossy = { $of ->
    [one] The image is here
   *[other] All { $of } images are here
} as the archive keeps them: compressed with loss
preview-slices = Slices: { $here } of { $of } in full, { $previews ->
    [one] 1 preview
   *[other] { $previews } previews
}
nodes-previews = On slow lines
nodes-previews-on = Previews first
nodes-previews-off = Full images only
