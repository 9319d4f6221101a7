### English: documents inside DICOM objects.

pdf-empty = The document is empty
pdf-encrypted = The PDF document is encrypted with a password; it cannot be shown. Ask its sender for one without
pdf-unreadable = The PDF document is damaged and cannot be shown. Ask its sender for it again
pdf-without-pages = The PDF document has no pages
pdf-page-size = This page has a size that no page has; it is not shown
pdf-too-slow = This took longer than { $seconds } s and was given up; the rest of the study is not affected
pdf-ended = This part of the PDF document ended its drawing unexpectedly; it is not shown. The rest of the study is not affected
pdf-others-busy = Other documents are still being worked on without end; this one is not opened. Restart the program to try again
pdf-cancelled = Opening the document was cancelled. Show it again to try once more
job-document = Document
document-page = Page { $page } of { $count }
document-zoom-in = Larger
document-zoom-out = Smaller
document-fit-width = Fit the width
document-fit-page = Whole page
document-previous-page = Previous page
document-next-page = Next page
document-untitled = Document
info-pdf = { $count ->
    [one] PDF document, one page
   *[other] PDF document, { $count } pages
}
action-next-key-image = Next key image
action-previous-key-image = Previous key image
why-no-key-images = This study has no key images
viewport-key-image = Key image: { $title }
viewport-rejected = Rejected: { $title }
browser-key-images = { $count ->
    [one] 1 key image
   *[other] { $count } key images
}
browser-rejected = { $count ->
    [one] 1 image was rejected
   *[other] { $count } images were rejected
}
browser-mapping = { $what }: { $count ->
    [one] 1 image
   *[other] { $count } images
}, { $open ->
    [0] none open
   *[other] { $open } open
}
browser-mapping-unnamed = Real world value
browser-mapping-unusable = A mapping that cannot be applied
document-image = { $series } · image { $image } of { $count }
document-image-missing = { $image } (not open)
