# The network: nodes, associations, transfers.

pacs-bad-ae-title = “{ $text }” cannot be an AE title. It has 1 to 16 letters, digits or signs, without accents and “\”.
pacs-bad-address = “{ $text }” is no address of a node. Write AETITLE@host:port, AETITLE@host:port+tls, or the http:// or https:// address of a DICOMweb service.
pacs-bad-port = “{ $port }” is no port: a port is a number from 1 to 65535.
pacs-user-in-address = A user name or password cannot stand in the address of a node or of a proxy, where everyone sees it. Leave it out of the address; a node’s password has its own field.

# Why a node did not do what it was asked. $peer is “TITLE (host:port)”.
pacs-cancelled = Cancelled.
pacs-host-unknown = There is no host named “{ $host }”. Check the spelling of the node’s address; outside the hospital, check that the VPN is on.
pacs-refused = { $place } refuses the connection: nothing listens on this port. The archive’s program may not be running, the port may be another one, or a firewall may stand in between.
pacs-unreachable = { $place } cannot be reached ({ $detail }). Check the network connection and, outside the hospital, the VPN.
pacs-no-connection = { $place } did not answer within { $seconds } s. The host may be off, the address wrong, or a firewall may drop the connection.
pacs-no-answer = { $peer } was silent for { $seconds } s, so the connection was ended. It may be overloaded; try again later, or raise the node’s longest wait.
pacs-called-title-unknown = { $peer } does not answer to the AE title { $title }. Ask its administrator for the right title (upper and lower case differ).
pacs-calling-title-unknown = { $peer } does not know us: its administrator must register the AE title { $title } with this computer’s address.
pacs-busy = { $peer } has no room for another association at the moment. Try again later.
pacs-rejected = { $peer } refuses the association ({ $reason }). Ask its administrator to register this computer.
pacs-rejected-no-reason = it gives no reason
pacs-rejected-application-context = it does not know the DICOM application context
pacs-rejected-calling = it does not know our AE title
pacs-rejected-called = it does not answer to this AE title
pacs-rejected-version = it does not know this version of the protocol
pacs-rejected-full = it has no room for another
pacs-rejected-reserved = reason { $code }, which DICOM does not define
pacs-no-context = { $peer } does not offer { $service }. It may have been configured without it, or it is an address for another service.
pacs-aborted = { $peer } broke the association off. Its log should say why; try again.
pacs-cut = The connection to { $peer } was cut. Try again; what arrived whole was kept.
pacs-closed-unanswered = { $peer } closed the connection before answering. It may want TLS (turn it on for this node, or write https://), or it is another service: check the port.
pacs-protocol = { $peer } does not send DICOM as it should ({ $detail }). Check that its port is that of a DICOM service.
pacs-listen = We cannot listen on port { $port } ({ $detail }). Another program may use it; choose another port and tell the node’s administrator.
pacs-no-reception = With C-MOVE the node calls us back: name the port that we listen on (--listen on the command line), which the node must know beside our AE title.
pacs-move-in-clear = { $peer } speaks TLS, but with C-MOVE it would send the images back unencrypted, as this computer has no certificate to receive with. Choose one (PACS nodes, Receiving encrypted; --tls-certificate on the command line), fetch with C-GET, or allow it for this node.

# Calls to our receiver. $from is “TITLE (address)” of the caller.
pacs-call-other-title = { $from } called this computer “{ $called }”, but it is “{ $ours }”: nothing was taken. Have its title set right there, or change ours under PACS nodes.
pacs-call-no-room = { $from } found no room, as too many are sending at once. It was told to try again later.
pacs-call-unencrypted = { $from } wanted to send unencrypted, and nothing was taken. Have TLS switched on there, or take those who cannot under PACS nodes, Receiving encrypted.
pacs-call-encrypted = { $from } wanted to send encrypted, but this computer has no certificate to receive with. Choose one under PACS nodes, Receiving encrypted, or have TLS switched off there.
pacs-call-not-trusting = { $from } does not trust the certificate of this computer: nothing was taken. Its administrator must enter the authority that vouches for us.
pacs-call-not-trusted = { $from } showed no valid certificate of the callers’ authorities chosen under PACS nodes: nothing was taken.
pacs-call-hung-up = { $from } hung up when it had seen the certificate of this computer, and did not say why: nothing was taken. If this comes again, it probably does not trust the certificate: have the authority that vouches for us entered there.
pacs-call-tls = { $from } wanted to send encrypted, which could not be set up ({ $detail }).
pacs-pushed = { $title } sent { $count ->
    [one] { $count } image
   *[other] { $count } images
} of { $studies ->
    [one] { $studies } study
   *[other] { $studies } studies
}. They are in the local archive: Search studies shows them.
pacs-push-broken = { $from } broke off while sending to this computer. What came whole was kept; if something is missing, have it sent again from there.

# Encryption.
pacs-tls-not-spoken = { $peer } does not speak TLS on this port. Use the port where it does, or speak to it without TLS: switch TLS off for a DICOM node; begin the address of a DICOMweb service with http://.
pacs-tls-closed-at-once = { $peer } hangs up as soon as TLS begins. If this stays so, it does not speak TLS on this port: use the port where it does, or speak to it without TLS (switch TLS off for a DICOM node; begin the address of a DICOMweb service with http://).
pacs-tls-needed = { $peer } speaks TLS only. Turn TLS on for this node (TITLE@host:port+tls).
pacs-tls-expired = The certificate of { $peer } is not valid today: it has run out, or a clock is wrong. Its administrator must renew it.
pacs-tls-unknown-authority = Nobody we trust vouches for the certificate of { $peer }. If it is the hospital’s own, choose the authority’s certificate (a PEM file) for this node.
pacs-tls-other-name = The certificate of { $peer } is another host’s. Use the name that is in the certificate as the address, or ask its administrator for a certificate with this name.
pacs-tls-our-certificate = { $peer } wants a certificate of ours, or does not take the one we showed. Its administrator gives out certificates for this computer; choose the file for this node.
pacs-tls-too-old = { $peer } speaks only old versions of TLS, which are not safe any more. Its administrator must turn on TLS 1.2 or 1.3.
pacs-tls-file = The certificate or key cannot be used: { $detail }
pacs-tls-other = The encrypted connection to { $peer } could not be made ({ $detail }).

# Statuses that a node answers with.
pacs-status-count = { $peer } could not count the matches: out of resources (status { $status }). Try again later, or narrow the search.
pacs-status-sub-operations = { $peer } could not send the instances: out of resources (status { $status }). Try again later.
pacs-status-resources = { $peer } is out of resources (status { $status }): its disk may be full. Tell its administrator.
pacs-status-destination = { $peer } does not know where to send (status { $status }): its administrator must register our AE title with this computer’s address and port.
pacs-status-not-the-class = { $peer } says that the data do not fit what was announced (status { $status }).
pacs-status-unable = { $peer } could not process the request (status { $status }). Its log should say why.
pacs-status-class = { $peer } does not keep instances of this kind (status { $status }).
pacs-status-not-authorised = { $peer } does not allow this to us (status { $status }). Ask its administrator.
pacs-status-no-instance = { $peer } does not have this instance (status { $status }).
pacs-status-conflict = { $peer } knows the instance as another one (status { $status }).
pacs-status-cancelled = { $peer } stopped because it was asked to (status { $status }).
pacs-status-warning = { $peer } kept it, with a warning (status { $status }).
pacs-status-other = { $peer } refused (status { $status }).
pacs-status-comment = { $sentence } It adds: “{ $comment }”.
pacs-names-lost = { $peer } sends names whose letters are lost on the way. Its administrator can set it to answer in UTF-8.
pacs-matches-unreadable = { $count ->
    [one] One answer of { $peer } to the search could not be read
   *[other] { $count } answers of { $peer } to the search could not be read
}: the list may lack something. Tell its administrator.
pacs-keys-ignored = { $peer } does not support all that was asked for; what it sent was compared here.

# Retrieving, and commitments.
pacs-get-offered = It offers C-GET.
pacs-move-offered = It offers C-MOVE. Whether it knows the AE title and port of this computer, many archives show only when the first study is fetched.
pacs-study-unknown = { $peer } has no study { $uid }.
pacs-kept-beside = An instance has the identifiers of one that is there ({ $other }), but another content. Both are kept: this one as { $beside }.
pacs-push-refused = { $title } sent an image that was not kept, and was told so. { $reason }
pacs-no-data-set = An instance was announced without its data.
pacs-other-study = The instance { $uid } is not of the study that was asked for; it was kept as what it is.
pacs-two-patients = The study { $uid } names two patients, { $first } and { $second }. All that came is kept, each as what it is. Find out whose the study is before you rely on it.
pacs-sub-operation-failed = { $peer } could not send it; the archive’s log should say why.
pacs-sub-operations-failed = { $count } instances did not come: { $reason }
pacs-sub-operations-warned = { $peer } sent { $count } instances with a warning; its log should say why.
pacs-fewer-than-said = { $peer } says that it sent { $said } instances, but { $came } came. Fetch the study again.
pacs-not-sent = { $peer } has this instance, but did not send it.
pacs-not-committed = { $peer } did not say within the waiting time that it will keep this instance.
pacs-commitment-no-instance = The archive does not have this instance.
pacs-commitment-class = The archive does not keep instances of this kind.
pacs-commitment-resources = The archive has no room to keep this instance.
pacs-commitment-other = The archive will not keep this instance (reason { $reason }).

# Sending, and the command line.
pacs-no-worklist = This service has no worklist. Use the DIMSE address of the worklist’s server.
pacs-file-no-instance = The file is no DICOM instance that can be sent as it is.
pacs-not-converted = The archive does not take this file’s syntax ({ $syntax }), and it cannot be converted here without changing what its values mean. It was not sent.
pacs-colour-not-converted = The archive does not take this file’s syntax ({ $syntax }), and its colours are in a retired form ({ $colour }) that cannot be converted here without changing them. It was not sent.
pacs-class-not-taken = { $peer } does not take instances of this kind ({ $class }).
pacs-echo = { $node } answers after { $elapsed } ms. { $implementation }
pacs-find-cut-off = There are more than { $limit }.
pacs-find-nothing = Nothing at { $node } matches
pacs-find-keyword = “{ $keyword }” is no keyword of an attribute, such as PatientName.
pacs-find-date = “{ $text }” is no day or range of days, such as 20260101-20260131.
pacs-get-via = This way of fetching does not go together with the node’s address: get and move are for AETITLE@host:port, web for a URL.
pacs-get-one-series = Instances are asked for by name within one series: give --series once.
pacs-get-form-web = Only a DICOMweb service has instances in this form: use its http:// or https:// address.
pacs-get-form-one = This form is of one instance: give --series and --instance once, and --out, the folder to write to.
pacs-get-form-nothing = { $node } sent nothing of this form.
pacs-get-no-element = The service keeps no value of { $element } apart. It keeps: { $elements }
pacs-get-no-frame = The instance has no frame { $frame }; it has { $count }.
pacs-get-failed = { $uid }: { $reason }
pacs-get-fewer = { $instances } of { $expected } instances came.
pacs-get-done = { $instances } instances, { $size }, { $seconds } s
pacs-no-move = A DICOMweb service cannot be told to send to another node. Use the node’s DIMSE address, AETITLE@host:port.
pacs-move-destination = { $peer } does not know { $to }: nothing was sent. Its administrator must register the AE title { $to } with its address and port (status A801).
pacs-move-refused = { $sentence } If it goes on refusing, ask its administrator whether it knows the AE title { $to }.
pacs-move-nothing = { $peer } has nothing to send under { $uid }.
pacs-move-failed = { $peer } could not send { $count ->
    [one] one instance
   *[other] { $count } instances
} to { $to }; the logs of both should say why.
pacs-move-not-sent = { $uid } was not sent.
pacs-move-progress = { $taken } sent, { $failed } failed, { $remaining } to go
pacs-move-done = { $taken } instances sent to { $to }, { $warned } of them with a warning, { $failed } failed, { $seconds } s
pacs-move-done-uncounted = Sent to { $to }, { $seconds } s; the node does not say how many instances.
pacs-send-nothing = There is nothing to send.
pacs-send-archive = Instances in an archive are not sent; unpack it first.
pacs-send-commit-web = A DICOMweb service cannot be asked to commit itself here (--commit). Leave it out, or send to AETITLE@host:port.
pacs-reports-only = No images are taken at the moment.
pacs-no-commitment = This service gives no word on what it keeps (storage commitment). Switch that off for this node.
pacs-send-not-committed = Everything was sent, and the archive took the request to commit itself. It has not reported within the waiting time, and reports later only to a receiver that listens all the time.
pacs-send-done = { $instances } instances sent, { $size }, { $seconds } s

help-pacs = Other programs’ archives: DIMSE and DICOMweb
help-pacs-echo = Whether a node is there and takes us for who we are
help-pacs-find = What a node has
help-pacs-get = Fetch a study
help-pacs-move = Have a node send a study: to us, or to another node (C-MOVE)
help-pacs-send = Send files
help-pacs-node = A configured name, AET@host:port, AET@host:port+tls, or the http(s) URL of a DICOMweb service
help-pacs-calling-ae = What we call ourselves (that of the settings if not given)
help-pacs-listen = The port we listen on, for C-MOVE and storage commitments
help-pacs-patience = Longest wait for an answer, seconds
help-pacs-tls-authorities = Who may vouch for the node (PEM); the system’s authorities if not given
help-pacs-tls-certificate = Our own certificate (PEM)
help-pacs-tls-key = Its key (PEM)
help-pacs-tls-anyone = Take whoever answers for the node: anyone may listen
help-pacs-level = What is looked for
help-pacs-key = What it must be; without a value: what is to be said of it
help-pacs-limit = At most so many; 0 for all
help-pacs-study = Study Instance UID
help-pacs-series = Series Instance UID; may be given several times
help-pacs-instance = SOP Instance UID of what is wanted of the series; may be given several times
help-pacs-form = What is wanted of the instance; all but dicom from a DICOMweb service
help-pacs-frame = For frames and rendered: this frame, counted from 1; may be given several times
help-pacs-element = For bulk-data: the value of this element, such as PixelData; all if not given
help-pacs-size = For rendered: at most so many pixels wide and high
help-pacs-via = By which service
help-pacs-to = The AE title to send to, which the node must know; us (at --listen) if not given
help-pacs-out = The folder to write to; the local archive if not given
help-pacs-paths = Files and folders
help-pacs-commit = Ask the node to commit itself to keep them
help-pacs-move-in-clear = Let a node that speaks TLS send unencrypted what C-MOVE fetches
help-pacs-user = Our user name for a DICOMweb service; the password is in the variable ISOCENTRE_SECRET_HOST_PORT (the node’s address in capitals, with _ for other signs) or in the keyring
help-pacs-token = Show a DICOMweb service the token that is in that variable or in the keyring
help-pacs-proxy = The way to a DICOMweb service: http://host:port, socks5://host:port, or socks5h://host:port where names are known behind the proxy alone; the environment’s if not given
help-pacs-limit-rate = At most so many bytes per second
help-pacs-slow = A slow line: losslessly compressed forms are asked for first
