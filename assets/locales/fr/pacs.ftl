# The network: nodes, associations, transfers.

pacs-bad-ae-title = « { $text } » ne peut pas être un titre AE. Il compte de 1 à 16 lettres, chiffres ou signes, sans accents ni « \ ».
pacs-bad-address = « { $text } » n’est pas l’adresse d’un nœud. Écrivez TITREAE@hôte:port, TITREAE@hôte:port+tls, ou l’adresse http:// ou https:// d’un service DICOMweb.

# Why a node did not do what it was asked. $peer is “TITLE (host:port)”.
pacs-cancelled = Annulé.
pacs-host-unknown = Aucun hôte ne s’appelle « { $host } ». Vérifiez l’adresse du nœud ; hors de l’hôpital, vérifiez que le VPN est actif.
pacs-refused = { $place } refuse la connexion : rien n’écoute sur ce port. Le programme de l’archive est peut-être arrêté, le port en est peut-être un autre, ou un pare-feu s’interpose.
pacs-unreachable = { $place } est injoignable ({ $detail }). Vérifiez le réseau et, hors de l’hôpital, le VPN.
pacs-no-connection = { $place } n’a pas répondu en { $seconds } s. L’hôte est peut-être éteint, l’adresse fausse, ou un pare-feu bloque la connexion.
pacs-no-answer = { $peer } est resté muet pendant { $seconds } s ; l’association a été fermée. Il est peut-être surchargé : réessayez plus tard ou augmentez l’attente maximale du nœud.
pacs-called-title-unknown = { $peer } ne répond pas au titre AE { $title }. Demandez le bon titre à son administrateur (majuscules et minuscules comptent).
pacs-calling-title-unknown = { $peer } ne nous connaît pas : son administrateur doit y inscrire le titre AE { $title } avec l’adresse de cet ordinateur.
pacs-busy = { $peer } n’a plus d’association libre pour le moment. Réessayez plus tard.
pacs-rejected = { $peer } refuse l’association ({ $reason }). Demandez à son administrateur d’inscrire cet ordinateur.
pacs-no-context = { $peer } ne propose pas { $service }. Le service n’est peut-être pas configuré, ou cette adresse sert à autre chose.
pacs-aborted = { $peer } a interrompu l’association. Son journal devrait en donner la raison ; réessayez.
pacs-cut = La connexion avec { $peer } a été coupée. Réessayez ; ce qui est arrivé en entier a été conservé.
pacs-protocol = { $peer } n’envoie pas du DICOM correct ({ $detail }). Vérifiez que ce port est celui d’un service DICOM.
pacs-listen = Impossible d’écouter sur le port { $port } ({ $detail }). Un autre programme l’utilise peut-être ; choisissez un autre port et indiquez-le à l’administrateur du nœud.
pacs-no-reception = Avec C-MOVE, le nœud nous rappelle : indiquez le port d’écoute (--listen en ligne de commande), que le nœud doit connaître avec notre titre AE.

# Encryption.
pacs-tls-not-spoken = { $peer } ne parle pas TLS sur ce port. Désactivez TLS pour ce nœud, ou utilisez son port TLS.
pacs-tls-needed = { $peer } n’accepte que TLS. Activez TLS pour ce nœud (TITRE@hôte:port+tls).
pacs-tls-expired = Le certificat de { $peer } n’est pas valable aujourd’hui : il a expiré, ou une horloge est fausse. Son administrateur doit le renouveler.
pacs-tls-unknown-authority = Aucune autorité de confiance ne garantit le certificat de { $peer }. S’il est propre à l’hôpital, choisissez le certificat de l’autorité (fichier PEM) pour ce nœud.
pacs-tls-other-name = Le certificat de { $peer } est celui d’un autre hôte. Utilisez comme adresse le nom inscrit dans le certificat, ou demandez à l’administrateur un certificat à ce nom.
pacs-tls-our-certificate = { $peer } exige un certificat de notre part, ou n’accepte pas celui présenté. Son administrateur délivre les certificats de cet ordinateur ; choisissez le fichier pour ce nœud.
pacs-tls-file = Le certificat ou la clé est inutilisable : { $detail }
pacs-tls-other = La connexion chiffrée avec { $peer } n’a pas pu être établie ({ $detail }).

# Statuses that a node answers with.
pacs-status-count = { $peer } n’a pas pu compter les résultats : ressources insuffisantes (statut { $status }). Réessayez plus tard ou précisez la recherche.
pacs-status-sub-operations = { $peer } n’a pas pu envoyer les instances : ressources insuffisantes (statut { $status }). Réessayez plus tard.
pacs-status-resources = { $peer } manque de ressources (statut { $status }) : son disque est peut-être plein. Prévenez son administrateur.
pacs-status-destination = { $peer } ne sait pas où envoyer (statut { $status }) : son administrateur doit y inscrire notre titre AE avec l’adresse et le port de cet ordinateur.
pacs-status-not-the-class = { $peer } indique que les données ne correspondent pas à l’annonce (statut { $status }).
pacs-status-unable = { $peer } n’a pas pu traiter la demande (statut { $status }). Son journal devrait en donner la raison.
pacs-status-class = { $peer } n’archive pas ce type d’instances (statut { $status }).
pacs-status-not-authorised = { $peer } ne nous y autorise pas (statut { $status }). Demandez à son administrateur.
pacs-status-no-instance = { $peer } n’a pas cette instance (statut { $status }).
pacs-status-conflict = { $peer } connaît cette instance sous une autre forme (statut { $status }).
pacs-status-cancelled = { $peer } s’est arrêté à notre demande (statut { $status }).
pacs-status-warning = { $peer } l’a archivée, avec un avertissement (statut { $status }).
pacs-status-other = { $peer } a refusé (statut { $status }).
pacs-status-comment = { $sentence } Il ajoute : « { $comment } ».
