# The network: nodes, associations, transfers.

pacs-bad-ae-title = “{ $text }” cannot be an AE title. It has 1 to 16 letters, digits or signs, without accents and “\”.
pacs-bad-address = “{ $text }” is no address of a node. Write AETITLE@host:port, AETITLE@host:port+tls, or the http:// or https:// address of a DICOMweb service.
