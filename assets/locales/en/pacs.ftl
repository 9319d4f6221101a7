# The network: nodes, associations, transfers.

pacs-bad-ae-title = “{ $text }” cannot be an AE title. It has 1 to 16 letters, digits or signs, without accents and “\”.
pacs-bad-address = “{ $text }” is no address of a node. Write AETITLE@host:port, AETITLE@host:port+tls, or the http:// or https:// address of a DICOMweb service.

# Why a node did not do what it was asked. $peer is “TITLE (host:port)”.
pacs-cancelled = Cancelled.
pacs-host-unknown = There is no host named “{ $host }”. Check the spelling of the node’s address; outside the hospital, check that the VPN is on.
pacs-refused = { $place } refuses the connection: nothing listens on this port. The archive’s program may not be running, the port may be another one, or a firewall may stand in between.
pacs-unreachable = { $place } cannot be reached ({ $detail }). Check the network connection and, outside the hospital, the VPN.
pacs-no-connection = { $place } did not answer within { $seconds } s. The host may be off, the address wrong, or a firewall may drop the connection.
pacs-no-answer = { $peer } was silent for { $seconds } s, so the association was ended. It may be overloaded; try again later, or raise the node’s longest wait.
pacs-called-title-unknown = { $peer } does not answer to the AE title { $title }. Ask its administrator for the right title (upper and lower case differ).
pacs-calling-title-unknown = { $peer } does not know us: its administrator must register the AE title { $title } with this computer’s address.
pacs-busy = { $peer } has no room for another association at the moment. Try again later.
pacs-rejected = { $peer } refuses the association ({ $reason }). Ask its administrator to register this computer.
pacs-no-context = { $peer } does not offer { $service }. It may have been configured without it, or it is an address for another service.
pacs-aborted = { $peer } broke the association off. Its log should say why; try again.
pacs-cut = The connection to { $peer } was cut. Try again; what arrived whole was kept.
pacs-protocol = { $peer } does not send DICOM as it should ({ $detail }). Check that its port is that of a DICOM service.
pacs-listen = We cannot listen on port { $port } ({ $detail }). Another program may use it; choose another port and tell the node’s administrator.
pacs-no-reception = With C-MOVE the node calls us back: name the port that we listen on (--listen on the command line), which the node must know beside our AE title.

# Encryption.
pacs-tls-not-spoken = { $peer } does not speak TLS on this port. Turn TLS off for this node, or use the port where it speaks TLS.
pacs-tls-needed = { $peer } speaks TLS only. Turn TLS on for this node (TITLE@host:port+tls).
pacs-tls-expired = The certificate of { $peer } is not valid today: it has run out, or a clock is wrong. Its administrator must renew it.
pacs-tls-unknown-authority = Nobody we trust vouches for the certificate of { $peer }. If it is the hospital’s own, choose the authority’s certificate (a PEM file) for this node.
pacs-tls-other-name = The certificate of { $peer } is another host’s. Use the name that is in the certificate as the address, or ask its administrator for a certificate with this name.
pacs-tls-our-certificate = { $peer } wants a certificate of ours, or does not take the one we showed. Its administrator gives out certificates for this computer; choose the file for this node.
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
