# The network: nodes, associations, transfers.

pacs-bad-ae-title = « { $text } » ne peut pas être un titre AE. Il compte de 1 à 16 lettres, chiffres ou signes, sans accents ni « \ ».
pacs-bad-address = « { $text } » n’est pas l’adresse d’un nœud. Écrivez TITREAE@hôte:port, TITREAE@hôte:port+tls, ou l’adresse http:// ou https:// d’un service DICOMweb.
