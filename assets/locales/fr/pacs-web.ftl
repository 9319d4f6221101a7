# DICOMweb: HTTP, tokens.

