### English: the colours of an image, and its ICC profile.

colour-profile-not-applied = The image’s colour profile (ICC) is not applied: { $reason }. The colours are those stored, and may differ from the true ones
colour-profile-unreadable = it cannot be read
colour-profile-not-rgb = it is not made for red, green and blue
action-colour-profile = Colour profile: applied, not applied
why-no-colour-profile = This image brings no colour profile
viewport-colour-profile = ICC profile
viewport-colour-profile-off = colour profile off
viewport-colour-profile-faulty = colour profile faulty
