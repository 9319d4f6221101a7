# DICOMweb : HTTP, jetons. $peer est hôte:port.

web-address = « { $peer } » n’est pas l’adresse d’un service web. Elle commence par http:// ou https:// et nomme un hôte.
web-no-secret = { $peer } demande un mot de passe ou un jeton, et le trousseau de cet ordinateur n’en contient pas. Saisissez-le dans les réglages du nœud ; en ligne de commande, définissez { $variable }.
web-unauthorised = { $peer } n’accepte pas notre nom d’utilisateur, mot de passe ou jeton. Il a peut-être changé ou expiré : saisissez-le à nouveau.
web-forbidden = { $peer } nous connaît mais ne permet pas cette action. Demandez à son administrateur le droit de lire les examens.
web-sign-in = { $peer } demande que vous vous connectiez, pour la première fois ou à nouveau.
web-sign-in-failed = La connexion à { $peer } n’a pas abouti : { $detail }
web-no-service = { $peer } n’a rien à l’adresse « { $path } ». Soit l’objet n’y est plus, soit le chemin du service est autre : c’est souvent /dicom-web, /dicomweb, /rs ou /dcm4chee-arc/aets/NOM/rs.
web-not-acceptable = { $peer } n’en propose aucune forme que nous sachions lire.
web-busy = { $peer } est surchargé ou en maintenance. Réessayez plus tard.
web-status = { $peer } a refusé (HTTP { $status }). Son journal devrait en donner la raison.
web-status-detail = { $peer } a refusé (HTTP { $status }) : « { $detail } »
web-html = { $peer } envoie une page web et non du DICOM. Le chemin du service manque peut-être à l’adresse (souvent /dicom-web), ou une page de connexion s’interpose.
web-not-dicom = { $peer } envoie « { $type } » et non du DICOM. L’adresse est peut-être celle d’un autre service.
web-not-json = La liste envoyée par { $peer } est illisible ({ $detail }). Prévenez son administrateur.
web-not-http = { $peer } ne parle pas HTTP. Le port est peut-être celui de DIMSE, ou l’adresse doit commencer par https://.
web-truncated = L’envoi de { $peer } s’est interrompu au milieu et n’a pas été gardé. Réessayez.
web-too-long = { $peer } envoie plus que ce qui est raisonnable pour cette demande ; la réception a été arrêtée.
web-redirected = { $peer } nous renvoie vers { $to }, où nous ne suivons pas avec vos données. Si c’est le bon endroit, faites-en l’adresse du nœud.
web-proxy = Le proxy ne nous laisse pas passer vers { $peer } ({ $detail }). Vérifiez le proxy de ce nœud ou de cet ordinateur.
web-other-instance = { $peer } a envoyé autre chose que l’instance demandée. L’envoi n’a pas été gardé. Prévenez l’administrateur de l’archive.
web-not-stored = { $peer } ne l’a pas enregistrée et n’en donne pas la raison. Son journal devrait la donner.
