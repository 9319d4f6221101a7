# The search, the nodes page and the queue on screen.

action-search = Rechercher des examens
action-queue = Transferts
action-nodes = Nœuds PACS

search-title = Rechercher des examens
search-line = Nom du patient, identifiant ou numéro d’accession
search-hint = Nom, identifiant, numéro d’accession ou date de naissance
search-run = Rechercher
search-stop = Arrêter
search-unnamed = (sans nom)
search-field-name = Nom
search-field-id = Identifiant
search-field-accession = Accession
search-today = Aujourd’hui
search-yesterday = Hier
search-last-week = 7 derniers jours
search-last-month = 31 derniers jours
search-urgent = Urgent ou prioritaire
priority-stat = URGENT
priority-high = Prioritaire
priority-urgent = Urgent
priority-medium = Priorité moyenne
priority-low = Priorité basse
search-archive = Archive locale
search-column-name = Patient
search-column-id = Identifiant
search-column-birth = Né(e) le
search-column-date = Examen
search-column-modality = Modalité
search-column-description = Description
search-column-images = Images
search-column-place = Où
search-source-asked = { $source } : { $count } jusqu’ici
search-source-answered = { $source } : { $count }
search-source-cut = { $source } : { $count }, et il y en a d’autres
search-source-says = { $source } : { $reason }
search-source-worklist = { $node } (liste de travail)
search-source-planned = { $source } : { $count } en urgence
search-source-planned-cut = { $source } : { $count } en urgence, et plus d’examens sont prévus qu’il n’en a été lu
search-source-plan-short = { $source } : une partie seulement de ce qui est prévu a été lue, et des examens urgents peuvent manquer. Choisissez une période plus courte.
search-urgent-days = « Urgent ou prioritaire » seul porte sur les { $days } derniers jours.
search-source-silent = { $source } : n’indique pas ce qui est urgent
search-source-left-out = { $source } : { $count ->
    [one] { $count } examen est écarté, car rien n’indique s’il est urgent.
   *[other] { $count } examens sont écartés, car rien n’indique s’ils sont urgents.
}
search-source-left-out-cut = { $source } : { $count ->
    [one] { $count } examen est écarté, car rien n’indique s’il est urgent, et d’autres ne sont pas parvenus.
   *[other] { $count } examens sont écartés, car rien n’indique s’ils sont urgents, et d’autres ne sont pas parvenus.
}
search-running = Recherche…
search-nothing = Rien n’a été trouvé. Essayez moins de lettres du nom, ou une autre période.
search-nothing-urgent = Rien de ce qui a été trouvé n’est signalé comme urgent. Désactivez « Urgent ou prioritaire » pour voir le reste.
search-begin = Tapez un nom, un identifiant ou un numéro d’accession et appuyez sur Entrée. Sans mot, les derniers examens de l’archive sont listés.
search-place-part = { $sources } · { $here } images sur { $of } ici
search-count = { $count ->
    [one] { $count } examen
   *[other] { $count } examens
}
search-ambiguous = Deux patients ont un examen avec cet identifiant. Comparez le nom et la date de naissance avant de l’ouvrir.
search-open = Ouvrir
search-fetch = Rapatrier dans l’archive

search-tab-studies = Examens
search-tab-worklist = Liste de travail
search-source-not-offered = { $source } : pas de liste de travail

worklist-tomorrow = Demain
worklist-week = 7 prochains jours
worklist-line = Mots qui restreignent la liste de travail
worklist-hint = Nom, identifiant ou numéro d’accession
worklist-run = Actualiser
worklist-all-stations = Tous les appareils
worklist-column-time = Heure
worklist-column-birth = Sexe, né(e) le
worklist-column-procedure = Acte demandé
worklist-column-accession = Accession
worklist-column-station = Appareil
worklist-running = Interrogation des nœuds…
worklist-nothing = Rien n’est prévu ce jour-là. Essayez un autre jour, d’autres modalités ou tous les appareils.
worklist-no-node = Aucun nœud n’offre de liste de travail. Ajoutez celle de votre hôpital comme nœud DICOM.
worklist-count = { $count ->
    [one] { $count } acte prévu
   *[other] { $count } actes prévus
}
worklist-find = Chercher les examens de ce patient

nodes-none = Pas encore de nœud. Ajoutez le PACS de votre hôpital : titre AE, hôte et port, ou l’adresse de son service DICOMweb. L’administrateur du PACS doit aussi connaître ce poste.
nodes-add = Ajouter un nœud
nodes-edit = Modifier
nodes-test = Tester
nodes-remove = Retirer { $node }
nodes-remove-question = Retirer { $node } des nœuds ?
nodes-remove-about = Son mot de passe ou son jeton quitte aussi le trousseau. Ce qui en a été rapatrié reste.
nodes-remove-yes = Retirer
nodes-searched = { $node } est interrogé. Cliquez pour l’exclure.
nodes-not-searched = { $node } n’est pas interrogé. Cliquez pour l’inclure.
nodes-test-running = En attente de réponse…
nodes-test-answers = Répond en { $ms } ms.
nodes-test-unverified = Personne ne garantit ce nœud : quiconque est sur la ligne peut lire et modifier ce qui est transmis.
nodes-test-search = Il peut être interrogé.
nodes-test-no-search = Il ne peut pas être interrogé. { $reason }
nodes-test-no-retrieval = Rien ne peut en être rapatrié. { $reason }
nodes-test-worklist = Sa liste de travail du jour peut être lue.
nodes-test-no-worklist = Sa liste de travail ne peut pas être lue. { $reason }
nodes-unverified = non vérifié
nodes-own = Ce poste
nodes-own-title = Titre AE
nodes-own-port = Port
nodes-listen = Réception
nodes-listen-off = Seulement ce qui est demandé
nodes-listen-on = À tout moment
nodes-encryption = Réception chiffrée
nodes-encryption-never = Non
nodes-encryption-offered = Si possible
nodes-encryption-always = Exigée
nodes-encryption-not-yet = Choisissez notre certificat : rien ne change avant cela.
nodes-callers = Autorités des appelants (PEM)
nodes-callers-hint = vide : les appelants ne présentent pas de certificat
nodes-file = Nœuds en fichier
nodes-file-hint = /home/…/nodes.ron
nodes-import = Importer
nodes-export = Exporter
nodes-imported = { $count ->
    [one] { $count } nœud a été lu.
   *[other] { $count } nœuds ont été lus.
}
nodes-imported-beside = { $count ->
    [one] Un autre nœud porte déjà le nom d’un nœud du fichier. Celui du fichier s’appelle
   *[other] D’autres nœuds portent déjà les noms de { $count } nœuds du fichier. Ceux du fichier s’appellent
} { $names }. Comparez l’adresse et la confiance accordée, puis retirez ce qui est inutile.
nodes-exported = Les nœuds ont été écrits. Les mots de passe ne sont pas dans le fichier.
nodes-unreadable = Ce fichier ne contient pas de nœuds ({ $error }). Exportez-les depuis un autre poste et choisissez ce fichier.

node-name = Nom
node-language = Protocole
node-dimse = DICOM
node-web = DICOMweb
node-ae-title = Titre AE
node-host = Hôte
node-port = Port
node-retrieval = Rapatriement
node-get = C-GET
node-move = C-MOVE
node-commits = Engagement de stockage
node-worklist = Liste de travail
node-worklist-no = Non interrogée
node-worklist-yes = Interrogée
node-worklist-alone = Seule interrogée
node-tls = TLS
node-no = Non
node-yes = Oui
node-url = Adresse
node-who = Connexion
node-who-nobody = Aucune
node-who-basic = Mot de passe
node-who-bearer = Jeton
node-who-openid = OpenID Connect
node-user = Utilisateur
node-secret = Mot de passe ou jeton
node-secret-hint = gardé dans le trousseau du système
node-issuer = Émetteur
node-client-id = Identifiant client
node-proxy = Proxy
node-trust = Autorités de confiance
node-trust-system = Celles du système
node-trust-file = Un fichier
node-trust-anyone = N’importe qui
node-trust-warning = N’importe qui sur la ligne peut lire et modifier ce qui est envoyé. À n’utiliser que pour trouver une panne.
node-authorities = Autorités (PEM)
node-certificate = Notre certificat (PEM)
node-key = Notre clé (PEM)
node-in-clear = Renvoi non chiffré
node-in-clear-never = Jamais
node-in-clear-allowed = Autorisé
node-in-clear-warning = Quiconque est sur la ligne peut lire ce que ce nœud renvoie. Mieux vaut choisir un certificat dans Réception chiffrée.
node-limit = Limite, kbit/s
node-limit-hint = aucune
node-line = Ligne
node-line-fast = Rapide
node-line-slow = Lente : aperçus d’abord
node-line-slow-by-limit = Lente par sa limite : aperçus d’abord
node-save = Enregistrer
node-cancel = Annuler
node-name-taken = Il existe déjà un nœud { $node }. Donnez un autre nom à celui-ci.

priors-title = Examens antérieurs du patient
priors-fetch = À l’ouverture
priors-off = Rien automatiquement
priors-on = Les rapatrier en arrière-plan
priors-which = Lesquels
priors-either = Même région ou modalité
priors-same-region = Même région
priors-same-modality = Même modalité
priors-any = Tous
priors-most = Au plus
priors-oldest = Pas plus anciens que
priors-years = { $count ->
    [one] { $count } an
   *[other] { $count } ans
}
priors-however-old = Sans limite d’âge
priors-budget = Ensemble, au plus

pacs-no-thread = Le système ne donne plus de fils d’exécution à ce programme. Fermez d’autres programmes et réessayez.

transfers-none = Rien n’est rapatrié ni envoyé.
transfers-clear = Retirer de la liste ceux qui sont finis
transfer-retrieve = De { $node } : { $study }
transfer-prior = Examen antérieur de { $node } : { $study }
transfer-send = Vers { $node } : { $study }
transfer-progress = Avancement du transfert
transfer-waiting = en attente
transfer-next = en attente, le prochain
transfer-again = nouvel essai dans { $seconds } s
transfer-begun = commencé
transfer-running = { $done } sur { $of }
transfer-paused = en pause à { $done } sur { $of }
transfer-paused-unbegun = en pause
transfer-done = { $count ->
    [one] { $count } image est là
   *[other] { $count } images sont là
}
transfer-sent = { $count ->
    [one] { $count } image envoyée et acceptée
   *[other] { $count } images envoyées, toutes acceptées
}
transfer-sent-kept = { $count ->
    [one] { $count } image envoyée, acceptée et conservée (storage commitment)
   *[other] { $count } images envoyées, toutes acceptées et conservées (storage commitment)
}
transfer-with-warnings = { $said }, { $count ->
    [one] 1 avec un avertissement
   *[other] { $count } avec avertissement
}
transfer-failed = { $done } sur { $of }. { $reason }
transfer-speed = { $speed }/s
transfer-left = encore { $time }
transfer-instances-failed = { $count ->
    [one] { $count } image : { $reason }
   *[other] { $count } images : { $reason }
}
transfer-more-failed = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
transfer-cancel = Arrêter ce transfert
transfer-take-off = Retirer de la liste
transfer-pause = Mettre en pause
transfer-first = Avant tous les autres
transfer-resume = Continuer
transfer-retry = Réessayer
transfer-notice-failed-unbegun = Le transfert avec { $node } a pris fin avant de commencer. { $reason }
transfer-notice-failed = Le transfert avec { $node } s’est terminé avec { $done } images sur { $of }. { $reason }
transfer-notice-sent = { $count ->
    [one] { $count } image a été envoyée à { $node }, qui l’a acceptée.
   *[other] { $count } images ont été envoyées à { $node }, qui a accepté chacune.
}
transfer-notice-with-warnings = { $said } { $count ->
    [one] Il avertit pour 1 image
   *[other] Il avertit pour { $count } images
} : la liste des transferts dit pourquoi.
transfer-notice-sent-kept = { $count ->
    [one] { $count } image a été envoyée à { $node }, qui s’engage à la conserver.
   *[other] { $count } images ont été envoyées à { $node }, qui s’engage à conserver chacune.
}
transfer-committing = { $done } sur { $of } envoyées ; en attente de l’engagement du nœud
transfer-commitment-unconfirmed = { $node } a tout stocké, mais n’a pas confirmé en un jour qu’il le conserve. Réessayez pour redemander ; rien n’est renvoyé.
transfer-commitment-refused = { $node } a stocké les images, mais ne s’engage pas à toutes les conserver. { $reason } Réessayez pour redemander ; rien n’est renvoyé.
transfer-commitment-unheard = { $node } a tout stocké et confirmera plus tard, en appelant cet ordinateur, qui n’est pas à l’écoute. Activez la réception dans les réglages, puis réessayez ; rien n’est renvoyé.
transfer-commitment-other-node = { $title } rend compte de ce que { $node } devait conserver. Ce compte rendu n’a pas été pris en compte, car { $node } a un autre titre AE. S’il s’agit de la même archive, prévenez son administrateur.
transfer-no-node = Le nœud { $node } ne figure plus parmi les nœuds. Ajoutez-le à nouveau, ou retirez ce transfert.
transfer-file-gone = Le fichier n’existe plus.
transfer-incomplete = { $count ->
    [one] { $count } image n’est pas venue.
   *[other] { $count } images ne sont pas venues.
} Elles seront redemandées.
transfer-other-study = { $count ->
    [one] { $node } a envoyé { $count } image d’un autre examen que celui demandé. Elle est rangée
   *[other] { $node } a envoyé { $count } images d’un autre examen que celui demandé. Elles sont rangées
} dans l’archive sous le patient et l’examen qu’elles nomment, sans être montrées ici.
transfer-other-patient = { $count ->
    [one] { $node } a envoyé { $count } image d’un autre patient, { $other }, avec l’examen de { $asked }. Elle est rangée
   *[other] { $node } a envoyé { $count } images d’un autre patient, { $other }, avec l’examen de { $asked }. Elles sont rangées
} dans l’archive sous le patient nommé et ne font pas partie de cet examen. Vérifiez à qui appartient l’examen avant de vous y fier.
transfer-only-other-patient = Ce que { $node } a envoyé pour { $asked } est d’un autre patient, { $other }. Les images sont rangées dans l’archive sous ce nom et ne sont pas montrées. Relancez la recherche et vérifiez à qui appartient l’examen.
transfer-hindered = Le transfert attend l’archive locale et reprendra de lui-même. { $reason }
transfer-failed-inside = Le transfert a échoué pour une raison interne à ce programme ; il sera retenté.
transfer-not-files = Ce qui se trouve dans une archive zip ou en mémoire ne peut pas être envoyé. Décompressez-la d’abord.
transfer-nothing = Il n’y a rien à envoyer dans cet examen.
transfers-send = Envoyer l’examen affiché ({ $who } · { $study }) vers :
transfers-send-question = Envoyer cet examen vers { $node } ?
transfers-send-yes = Envoyer
node-drop-question = Abandonner ce que vous avez saisi pour ce nœud ?
node-drop-yes = Abandonner
ask-cancel = Annuler
ask-images = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
transfers-send-part = { $here ->
    [one] Seule { $here } image de cet examen sur { $of } est ici ; elle seule est envoyée.
   *[other] Seules { $here } images de cet examen sur { $of } sont ici ; seules celles-ci sont envoyées.
}
status-transfer = { $node } : { $state }
status-more-transfers = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
node-sign-in = Se connecter
node-signed-in-page = Vous êtes connecté. Vous pouvez fermer cette page et revenir à isocentre.
node-sign-in-failed-page = La connexion a échoué. Fermez cette page et réessayez dans isocentre.
node-secret-kept = Le mot de passe ou jeton pour { $node } est dans le trousseau du système.
node-secret-for-now = Ce système n’a pas de trousseau : le mot de passe ou jeton pour { $node } est gardé jusqu’à la fin du programme.
node-secret-locked = Le trousseau du système est verrouillé : le mot de passe ou le jeton de { $node } est gardé jusqu’à la fin du programme. Déverrouillez le trousseau et saisissez-le à nouveau.
node-secret-silent = Le trousseau du système ne répond pas : le mot de passe ou le jeton de { $node } est gardé jusqu’à la fin du programme. Saisissez-le à nouveau une fois le trousseau déverrouillé.
node-secret-not-forgotten = Le trousseau du système est verrouillé : ce qu’il garde pour { $node } n’a pas pu être supprimé. Déverrouillez-le et supprimez-y l’entrée « isocentre ».
series-arriving = { $here ->
    [one] { $here } image sur { $of } est arrivée
   *[other] { $here } images sur { $of } sont arrivées
}
study-in-part = { $here ->
    [one] { $here } image de l’examen sur { $of } est ici
   *[other] { $here } images de l’examen sur { $of } sont ici
}
transfer-still-coming = Cet examen est encore en cours de transfert. Envoyez-le quand il est complet.
transfer-only-part = { $here ->
    [one] Seule { $here } image de cet examen sur { $of } est ici. Ouvrez-le depuis la recherche pour récupérer le reste avant de l’envoyer.
   *[other] Seules { $here } images de cet examen sur { $of } sont ici. Ouvrez-le depuis la recherche pour récupérer le reste avant de l’envoyer.
}

browser-earlier = Examens antérieurs
browser-earlier-more = { $count ->
    [one] Un de plus : recherchez le patient.
   *[other] { $count } de plus : recherchez le patient.
}
browser-earlier-here = Dans l’archive locale. Un clic l’ouvre.
browser-earlier-away = Sur { $nodes }. Un clic le récupère et l’ouvre.
