# The network: nodes, associations, transfers.

pacs-bad-ae-title = « { $text } » ne peut pas être un titre AE. Il compte de 1 à 16 lettres, chiffres ou signes, sans accents ni « \ ».
pacs-bad-address = « { $text } » n’est pas l’adresse d’un nœud. Écrivez TITREAE@hôte:port, TITREAE@hôte:port+tls, ou l’adresse http:// ou https:// d’un service DICOMweb.
pacs-bad-port = « { $port } » n’est pas un port : un port est un nombre de 1 à 65535.
pacs-user-in-address = Un nom d’utilisateur ou un mot de passe ne peut pas figurer dans l’adresse d’un nœud ou d’un proxy, où tout le monde le voit. Retirez-le de l’adresse ; le mot de passe d’un nœud a son propre champ.

# Why a node did not do what it was asked. $peer is “TITLE (host:port)”.
pacs-cancelled = Annulé.
pacs-host-unknown = Aucun hôte ne s’appelle « { $host } ». Vérifiez l’adresse du nœud ; hors de l’hôpital, vérifiez que le VPN est actif.
pacs-refused = { $place } refuse la connexion : rien n’écoute sur ce port. Le programme de l’archive est peut-être arrêté, le port n’est peut-être pas le bon, ou un pare-feu s’interpose.
pacs-unreachable = { $place } est injoignable ({ $detail }). Vérifiez le réseau et, hors de l’hôpital, le VPN.
pacs-no-connection = { $place } n’a pas répondu en { $seconds } s. L’hôte est peut-être éteint, l’adresse fausse, ou un pare-feu bloque la connexion.
pacs-no-answer = { $peer } est resté muet pendant { $seconds } s ; la connexion a été fermée. Il est peut-être surchargé : réessayez plus tard ou augmentez l’attente maximale du nœud.
pacs-called-title-unknown = { $peer } ne répond pas au titre AE { $title }. Demandez le bon titre à son administrateur (majuscules et minuscules comptent).
pacs-calling-title-unknown = { $peer } ne nous connaît pas : son administrateur doit y inscrire le titre AE { $title } avec l’adresse de cet ordinateur.
pacs-busy = { $peer } n’a plus d’association libre pour le moment. Réessayez plus tard.
pacs-rejected = { $peer } refuse l’association ({ $reason }). Demandez à son administrateur d’inscrire cet ordinateur.
pacs-rejected-no-reason = sans en donner la raison
pacs-rejected-application-context = il ne connaît pas le contexte d’application DICOM
pacs-rejected-calling = il ne connaît pas notre titre AE
pacs-rejected-called = il ne répond pas à ce titre AE
pacs-rejected-version = il ne connaît pas cette version du protocole
pacs-rejected-full = il n’a plus de place
pacs-rejected-reserved = raison { $code }, que DICOM ne définit pas
pacs-no-context = { $peer } ne propose pas { $service }. Le service n’est peut-être pas configuré, ou cette adresse sert à autre chose.
pacs-aborted = { $peer } a interrompu l’association. Son journal devrait en donner la raison ; réessayez.
pacs-cut = La connexion avec { $peer } a été coupée. Réessayez ; ce qui est arrivé en entier a été conservé.
pacs-closed-unanswered = { $peer } a fermé la connexion avant de répondre. Il exige peut-être TLS (activez-le pour ce nœud, ou écrivez https://), ou c’est un autre service : vérifiez le port.
pacs-protocol = { $peer } n’envoie pas du DICOM correct ({ $detail }). Vérifiez que ce port est celui d’un service DICOM.
pacs-listen = Impossible d’écouter sur le port { $port } ({ $detail }). Un autre programme l’utilise peut-être ; choisissez un autre port et indiquez-le à l’administrateur du nœud.
pacs-no-reception = Avec C-MOVE, le nœud nous rappelle : indiquez le port d’écoute (--listen en ligne de commande), que le nœud doit connaître avec notre titre AE.
pacs-move-in-clear = { $peer } parle TLS, mais avec C-MOVE il renverrait les images non chiffrées, car cet ordinateur n’a pas de certificat pour recevoir. Choisissez-en un (Nœuds PACS, Réception chiffrée ; --tls-certificate en ligne de commande), rapatriez avec C-GET, ou autorisez-le pour ce nœud.

# Calls to our receiver. $from is “TITLE (address)” of the caller.
pacs-call-other-title = { $from } a appelé cet ordinateur « { $called } », mais son titre est « { $ours } » : rien n’a été accepté. Faites corriger ce titre là-bas, ou changez le nôtre dans Nœuds PACS.
pacs-call-no-room = { $from } n’a pas trouvé de place, car trop d’appareils envoient à la fois. Il a été invité à réessayer plus tard.
pacs-call-unencrypted = { $from } voulait envoyer sans chiffrement, et rien n’a été accepté. Faites-y activer TLS, ou acceptez ceux qui ne chiffrent pas dans Nœuds PACS, Réception chiffrée.
pacs-call-encrypted = { $from } voulait envoyer chiffré, mais cet ordinateur n’a pas de certificat pour recevoir. Choisissez-en un dans Nœuds PACS, Réception chiffrée, ou faites-y désactiver TLS.
pacs-call-not-trusting = { $from } ne fait pas confiance au certificat de cet ordinateur : rien n’a été accepté. Son administrateur doit y inscrire l’autorité qui nous garantit.
pacs-call-not-trusted = { $from } n’a présenté aucun certificat valable des autorités choisies dans Nœuds PACS : rien n’a été accepté.
pacs-call-hung-up = { $from } a raccroché après avoir vu le certificat de cet ordinateur, sans dire pourquoi : rien n’a été accepté. Si cela se répète, il ne lui fait sans doute pas confiance : faites-y inscrire l’autorité qui nous garantit.
pacs-call-tls = { $from } voulait envoyer chiffré, ce qui n’a pas pu être établi ({ $detail }).
pacs-pushed = { $title } a envoyé { $count ->
    [one] { $count } image
   *[other] { $count } images
} de { $studies ->
    [one] { $studies } examen
   *[other] { $studies } examens
}. L’archive locale les contient : Chercher des examens les montre.
pacs-push-broken = { $from } s’est interrompu en envoyant à cet ordinateur. Ce qui est arrivé en entier a été conservé ; s’il manque quelque chose, faites-le renvoyer de là-bas.

# Encryption.
pacs-tls-not-spoken = { $peer } ne parle pas TLS sur ce port. Utilisez le port où il le parle, ou parlez-lui sans TLS : désactivez TLS pour un nœud DICOM ; faites commencer par http:// l’adresse d’un service DICOMweb.
pacs-tls-closed-at-once = { $peer } raccroche dès que TLS commence. Si cela persiste, il ne parle pas TLS sur ce port : utilisez le port où il le parle, ou parlez-lui sans TLS (désactivez TLS pour un nœud DICOM ; faites commencer par http:// l’adresse d’un service DICOMweb).
pacs-tls-needed = { $peer } n’accepte que TLS. Activez TLS pour ce nœud (TITRE@hôte:port+tls).
pacs-tls-expired = Le certificat de { $peer } n’est pas valable aujourd’hui : il a expiré, ou une horloge est fausse. Son administrateur doit le renouveler.
pacs-tls-unknown-authority = Aucune autorité de confiance ne garantit le certificat de { $peer }. S’il est propre à l’hôpital, choisissez le certificat de l’autorité (fichier PEM) pour ce nœud.
pacs-tls-other-name = Le certificat de { $peer } est celui d’un autre hôte. Utilisez comme adresse le nom inscrit dans le certificat, ou demandez à l’administrateur un certificat à ce nom.
pacs-tls-our-certificate = { $peer } exige un certificat de notre part, ou n’accepte pas celui présenté. Son administrateur délivre les certificats de cet ordinateur ; choisissez le fichier pour ce nœud.
pacs-tls-too-old = { $peer } ne parle que d’anciennes versions de TLS, qui ne sont plus sûres. Son administrateur doit activer TLS 1.2 ou 1.3.
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
pacs-names-lost = { $peer } envoie des noms dont les lettres se perdent en route. Son administrateur peut le régler pour répondre en UTF-8.
pacs-matches-unreadable = { $count ->
    [one] Une réponse de { $peer } à la recherche n’a pas pu être lue
   *[other] { $count } réponses de { $peer } à la recherche n’ont pas pu être lues
} : la liste est peut-être incomplète. Signalez-le à son administrateur.
pacs-keys-ignored = { $peer } ne prend pas en charge tous les critères ; ses réponses ont été comparées ici.

# Retrieving, and commitments.
pacs-get-offered = Il offre C-GET.
pacs-move-offered = Il offre C-MOVE. Bien des archives ne montrent qu’au premier rapatriement si elles connaissent le titre AE et le port de cet ordinateur.
pacs-study-unknown = { $peer } n’a pas l’examen { $uid }.
pacs-kept-beside = Une instance porte les identifiants d’une autre déjà présente ({ $other }), mais avec un contenu différent. Les deux sont conservées : celle-ci sous { $beside }.
pacs-push-refused = { $title } a envoyé une image qui n’a pas été conservée, et en a été averti. { $reason }
pacs-no-data-set = Une instance a été annoncée sans ses données.
pacs-other-study = L’instance { $uid } n’est pas de l’examen demandé ; elle a été conservée telle quelle.
pacs-two-patients = L’examen { $uid } nomme deux patients, { $first } et { $second }. Tout est conservé, chaque instance telle quelle. Vérifiez à qui appartient l’examen avant de vous y fier.
pacs-sub-operation-failed = { $peer } n’a pas pu l’envoyer ; le journal de l’archive devrait en donner la raison.
pacs-sub-operations-failed = { $count } instances ne sont pas arrivées : { $reason }
pacs-sub-operations-warned = { $peer } a envoyé { $count } instances avec un avertissement ; son journal devrait en donner la raison.
pacs-fewer-than-said = { $peer } dit avoir envoyé { $said } instances, mais { $came } sont arrivées. Récupérez de nouveau l’examen.
pacs-not-sent = { $peer } possède cette instance, mais ne l’a pas envoyée.
pacs-not-committed = { $peer } n’a pas confirmé à temps qu’il conservera cette instance.
pacs-commitment-no-instance = L’archive n’a pas cette instance.
pacs-commitment-class = L’archive ne conserve pas ce type d’instances.
pacs-commitment-resources = L’archive n’a pas la place de conserver cette instance.
pacs-commitment-other = L’archive ne conservera pas cette instance (raison { $reason }).

# Sending, and the command line.
pacs-no-worklist = Ce service n’a pas de liste de travail. Utilisez l’adresse DIMSE du serveur de listes.
pacs-file-no-instance = Le fichier n’est pas une instance DICOM qui puisse être envoyée telle quelle.
pacs-not-converted = L’archive n’accepte pas la syntaxe de ce fichier ({ $syntax }), et il ne peut pas être converti ici sans changer le sens de ses valeurs. Il n’a pas été envoyé.
pacs-colour-not-converted = L’archive n’accepte pas la syntaxe de ce fichier ({ $syntax }), et ses couleurs sont sous une forme ancienne ({ $colour }) qui ne peut pas être convertie ici sans les changer. Il n’a pas été envoyé.
pacs-class-not-taken = { $peer } n’accepte pas ce type d’instances ({ $class }).
pacs-echo = { $node } répond en { $elapsed } ms. { $implementation }
pacs-find-cut-off = Il y en a plus de { $limit }.
pacs-find-nothing = Rien ne correspond sur { $node }
pacs-find-keyword = « { $keyword } » n’est pas le mot-clé d’un attribut, comme PatientName.
pacs-find-date = « { $text } » n’est ni un jour ni une période, comme 20260101-20260131.
pacs-get-via = Ce mode de récupération ne convient pas à l’adresse du nœud : get et move pour TITREAE@hôte:port, web pour une URL.
pacs-get-one-series = Des instances se demandent par leur nom dans une seule série : donnez --series une fois.
pacs-get-form-web = Seul un service DICOMweb fournit les instances sous cette forme : utilisez son adresse http:// ou https://.
pacs-get-form-one = Cette forme concerne une seule instance : donnez --series et --instance une fois, et --out, le dossier où écrire.
pacs-get-form-nothing = { $node } n’a rien envoyé sous cette forme.
pacs-get-no-element = Le service ne garde pas à part de valeur de { $element }. Il garde : { $elements }
pacs-get-no-frame = L’instance n’a pas d’image { $frame } ; elle en a { $count }.
pacs-get-failed = { $uid } : { $reason }
pacs-get-fewer = { $instances ->
    [one] { $instances } instance sur { $expected } est arrivée.
   *[other] { $instances } instances sur { $expected } sont arrivées.
}
pacs-get-done = { $instances } instances, { $size }, { $seconds } s
pacs-no-move = On ne peut pas demander à un service DICOMweb d’envoyer à un autre nœud. Utilisez l’adresse DIMSE du nœud, TITREAE@hôte:port.
pacs-move-destination = { $peer } ne connaît pas { $to } : rien n’a été envoyé. Son administrateur doit enregistrer le titre AE { $to } avec son adresse et son port (statut A801).
pacs-move-refused = { $sentence } S’il refuse toujours, demandez à son administrateur s’il connaît le titre AE { $to }.
pacs-move-nothing = { $peer } n’a rien à envoyer sous { $uid }.
pacs-move-failed = { $peer } n’a pas pu envoyer { $count ->
    [one] une instance
   *[other] { $count } instances
} à { $to } ; les journaux des deux devraient dire pourquoi.
pacs-move-not-sent = { $uid } n’a pas été envoyée.
pacs-move-progress = { $taken } envoyées, { $failed } en échec, { $remaining } restantes
pacs-move-done = { $taken } instances envoyées à { $to }, dont { $warned } avec un avertissement, { $failed } en échec, { $seconds } s
pacs-move-done-uncounted = Envoyé à { $to }, { $seconds } s ; le nœud ne dit pas combien d’instances.
pacs-send-nothing = Il n’y a rien à envoyer.
pacs-send-archive = Les instances d’un fichier compressé ne sont pas envoyées ; décompressez-le d’abord.
pacs-send-commit-web = On ne peut pas demander ici à un service DICOMweb de s’engager à conserver (--commit). Retirez cette option, ou envoyez à TITREAE@hôte:port.
pacs-reports-only = Aucune image n’est acceptée pour le moment.
pacs-no-commitment = Ce service ne s’engage pas à conserver ce qu’il reçoit. Désactivez l’engagement de stockage pour ce nœud.
pacs-send-not-committed = Tout a été envoyé, et l’archive a accepté la demande d’engagement. Elle n’a pas répondu à temps, et ne répond plus tard qu’à un récepteur toujours à l’écoute.
pacs-send-done = { $instances } instances envoyées, { $size }, { $seconds } s

help-pacs = Archives d’autres programmes : DIMSE et DICOMweb
help-pacs-echo = Vérifie qu’un nœud répond et nous reconnaît
help-pacs-find = Ce que contient un nœud
help-pacs-get = Récupérer un examen
help-pacs-move = Faire envoyer un examen par un nœud : à nous, ou à un autre nœud (C-MOVE)
help-pacs-send = Envoyer des fichiers
help-pacs-node = Un nom configuré, AET@hôte:port, AET@hôte:port+tls, ou l’URL http(s) d’un service DICOMweb
help-pacs-calling-ae = Notre titre AE (celui des réglages par défaut)
help-pacs-listen = Le port sur lequel nous écoutons, pour C-MOVE et les engagements de stockage
help-pacs-patience = Attente maximale d’une réponse, en secondes
help-pacs-tls-authorities = Qui peut garantir le nœud (PEM) ; les autorités du système par défaut
help-pacs-tls-certificate = Notre certificat (PEM)
help-pacs-tls-key = Sa clé (PEM)
help-pacs-tls-anyone = Accepter quiconque répond : n’importe qui peut écouter
help-pacs-level = Ce qui est cherché
help-pacs-key = Ce qu’il doit être ; sans valeur : ce qui doit en être dit
help-pacs-limit = Nombre maximal ; 0 pour tout
help-pacs-study = Study Instance UID
help-pacs-series = Series Instance UID ; peut être répété
help-pacs-instance = SOP Instance UID de ce qui est voulu de la série ; peut être donné plusieurs fois
help-pacs-form = Ce qui est voulu de l’instance ; tout sauf dicom vient d’un service DICOMweb
help-pacs-frame = Pour frames et rendered : cette image, comptée à partir de 1 ; peut être donné plusieurs fois
help-pacs-element = Pour bulk-data : la valeur de cet élément, comme PixelData ; toutes si absent
help-pacs-size = Pour rendered : largeur et hauteur maximales en pixels
help-pacs-via = Par quel service
help-pacs-to = Le titre AE destinataire, que le nœud doit connaître ; nous (à --listen) si absent
help-pacs-out = Le dossier de destination ; l’archive locale par défaut
help-pacs-paths = Fichiers et dossiers
help-pacs-commit = Demander au nœud de s’engager à les conserver
help-pacs-move-in-clear = Laisser un nœud qui parle TLS envoyer non chiffré ce que C-MOVE rapatrie
help-pacs-user = Notre nom d’utilisateur pour un service DICOMweb ; le mot de passe est dans la variable ISOCENTRE_SECRET_HÔTE_PORT (l’adresse du nœud en capitales, avec _ pour les autres signes) ou dans le trousseau
help-pacs-token = Présenter à un service DICOMweb le jeton contenu dans cette variable ou dans le trousseau
help-pacs-proxy = Le chemin vers un service DICOMweb : http://hôte:port, socks5://hôte:port, ou socks5h://hôte:port si les noms ne sont connus que derrière le proxy ; celui de l’environnement par défaut
help-pacs-limit-rate = Débit maximal en octets par seconde
help-pacs-slow = Ligne lente : demander d’abord les formes compressées sans perte
