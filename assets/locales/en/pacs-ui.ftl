# The search, the nodes page and the queue on screen.

action-search = Search studies
action-queue = Transfers
action-nodes = PACS nodes

search-title = Search studies
search-line = Patient’s name, ID or accession number
search-hint = Name, ID, accession number or date of birth
search-run = Search
search-stop = Stop
search-unnamed = (no name)
search-field-name = Name
search-field-id = Patient ID
search-field-accession = Accession
search-today = Today
search-yesterday = Yesterday
search-last-week = Last 7 days
search-last-month = Last 31 days
search-urgent = STAT or high
priority-stat = STAT
priority-high = High priority
priority-urgent = Urgent
priority-medium = Medium priority
priority-low = Low priority
search-archive = Local archive
search-column-name = Patient
search-column-id = ID
search-column-birth = Born
search-column-date = Study
search-column-modality = Modality
search-column-description = Description
search-column-images = Images
search-column-place = Where
search-source-asked = { $source }: { $count } so far
search-source-answered = { $source }: { $count }
search-source-cut = { $source }: { $count }, and there are more
search-source-says = { $source }: { $reason }
search-source-worklist = { $node } (worklist)
search-source-planned = { $source }: { $count } urgent
search-source-planned-cut = { $source }: { $count } urgent, and more is planned than was read
search-source-plan-short = { $source }: only a part of what is planned was read, and urgent studies may be missing. A shorter period asks for less.
search-urgent-days = “STAT or high” alone is about the last { $days } days.
search-source-silent = { $source }: does not say what is urgent
search-source-left-out = { $source }: { $count ->
    [one] { $count } study is left out because nothing says whether it is urgent.
   *[other] { $count } studies are left out because nothing says whether they are urgent.
}
search-source-left-out-cut = { $source }: { $count ->
    [one] { $count } study is left out because nothing says whether it is urgent, and there are more that did not come.
   *[other] { $count } studies are left out because nothing says whether they are urgent, and there are more that did not come.
}
search-running = Searching…
search-nothing = Nothing was found. Try fewer letters of the name, or another period.
search-nothing-urgent = Nothing that was found is said to be urgent. Switch “STAT or high” off to see the rest.
search-begin = Type a name, an ID or an accession number and press Enter. Without words the newest studies of the archive are listed.
search-place-part = { $sources } · { $here } of { $of } images here
search-count = { $count ->
    [one] { $count } study
   *[other] { $count } studies
}
search-ambiguous = Two patients have a study with this identifier. Compare name and date of birth before you open it.
search-open = Open
search-fetch = Fetch to the archive

search-tab-studies = Studies
search-tab-worklist = Worklist
search-source-not-offered = { $source }: no worklist

worklist-tomorrow = Tomorrow
worklist-week = Next 7 days
worklist-line = Words that narrow the worklist
worklist-hint = Name, ID or accession number
worklist-run = Refresh
worklist-all-stations = All stations
worklist-column-time = Time
worklist-column-birth = Sex, born
worklist-column-procedure = Procedure
worklist-column-accession = Accession
worklist-column-station = Station
worklist-running = Asking the nodes…
worklist-nothing = Nothing is planned for this day. Try another day, other modalities or all stations.
worklist-no-node = None of the nodes offers a worklist. Add the worklist of your hospital as a DICOM node.
worklist-count = { $count ->
    [one] { $count } procedure planned
   *[other] { $count } procedures planned
}
worklist-find = Find this patient’s studies

nodes-none = No node yet. Add the PACS of your hospital: its AE title, host and port, or the address of its DICOMweb service. The administrator of the PACS must know this workplace, too.
nodes-add = Add a node
nodes-edit = Edit
nodes-test = Test
nodes-remove = Remove { $node }
nodes-remove-question = Remove { $node } from the nodes?
nodes-remove-about = Its password or token goes from the keyring, too. What was fetched from it stays.
nodes-remove-yes = Remove
nodes-searched = { $node } is searched. Click to leave it out.
nodes-not-searched = { $node } is not searched. Click to search it.
nodes-test-running = Asking…
nodes-test-answers = Answers in { $ms } ms.
nodes-test-unverified = Nobody vouches for this node: anyone on the line may read and change what is sent.
nodes-test-search = It can be searched.
nodes-test-no-search = It cannot be searched. { $reason }
nodes-test-no-retrieval = Nothing can be fetched from it. { $reason }
nodes-test-worklist = It says what is planned today (worklist).
nodes-test-no-worklist = It does not say what is planned (worklist). { $reason }
nodes-unverified = not verified
nodes-own = This workplace
nodes-own-title = AE title
nodes-own-port = Port
nodes-listen = Receiving
nodes-listen-off = Only what was asked for
nodes-listen-on = At any time
nodes-encryption = Receiving encrypted
nodes-encryption-never = No
nodes-encryption-offered = Whoever can
nodes-encryption-always = Everyone must
nodes-encryption-not-yet = Choose our certificate: nothing changes before that.
nodes-callers = Callers’ authorities (PEM)
nodes-callers-hint = empty: callers show no certificate
nodes-file = Nodes as a file
nodes-file-hint = /home/…/nodes.ron
nodes-import = Import
nodes-export = Export
nodes-imported = { $count ->
    [one] { $count } node was read.
   *[other] { $count } nodes were read.
}
nodes-imported-beside = { $count ->
    [one] There is another node of the same name as one in the file. That of the file is called
   *[other] There are other nodes of the same names as { $count } in the file. Those of the file are called
} { $names }. Compare address and trust, and remove what is not needed.
nodes-exported = The nodes were written. Passwords are not in the file.
nodes-unreadable = This file holds no nodes ({ $error }). Export them from another workplace and choose that file.

node-name = Name
node-language = Protocol
node-dimse = DICOM
node-web = DICOMweb
node-ae-title = AE title
node-host = Host
node-port = Port
node-retrieval = Fetching
node-get = C-GET
node-move = C-MOVE
node-commits = Storage commitment
node-worklist = Worklist
node-worklist-no = Not asked
node-worklist-yes = Asked
node-worklist-alone = Only its worklist
node-tls = TLS
node-no = No
node-yes = Yes
node-url = Address
node-who = Sign-in
node-who-nobody = None
node-who-basic = Password
node-who-bearer = Token
node-who-openid = OpenID Connect
node-user = User
node-secret = Password or token
node-secret-hint = kept in the system’s keyring
node-issuer = Issuer
node-client-id = Client ID
node-proxy = Proxy
node-trust = Trusted authorities
node-trust-system = The system’s
node-trust-file = A file
node-trust-anyone = Anyone
node-trust-warning = Anyone on the line can read and change what is sent. Use this only to find out what is wrong.
node-authorities = Authorities (PEM)
node-certificate = Our certificate (PEM)
node-key = Our key (PEM)
node-in-clear = Sent back unencrypted
node-in-clear-never = Never
node-in-clear-allowed = Allowed
node-in-clear-warning = Anyone on the line can read what this node sends back. Better choose a certificate under Receiving encrypted.
node-limit = Limit, kbit/s
node-limit-hint = none
node-line = Line
node-line-fast = Fast
node-line-slow = Slow: previews first
node-line-slow-by-limit = Slow by its limit: previews first
node-save = Save
node-cancel = Cancel
node-name-taken = There is a node { $node } already. Give this one another name.

priors-title = Earlier studies of the patient
priors-fetch = When a study opens
priors-off = Nothing by itself
priors-on = Fetch them in the background
priors-which = Which ones
priors-either = Same region or modality
priors-same-region = Same body region
priors-same-modality = Same modality
priors-any = All
priors-most = At most
priors-oldest = Not older than
priors-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
priors-however-old = However old
priors-budget = Together at most

pacs-no-thread = The system gives this program no more threads. Close other programs and try again.

transfers-none = Nothing is being fetched or sent.
transfers-clear = Take finished ones off the list
transfer-retrieve = From { $node }: { $study }
transfer-prior = Earlier study from { $node }: { $study }
transfer-send = To { $node }: { $study }
transfer-progress = How far the transfer is
transfer-waiting = waiting
transfer-next = waiting, the next one
transfer-again = trying again in { $seconds } s
transfer-begun = begun
transfer-running = { $done } of { $of }
transfer-paused = paused at { $done } of { $of }
transfer-paused-unbegun = paused
transfer-done = { $count ->
    [one] { $count } image is here
   *[other] { $count } images are here
}
transfer-sent = { $count ->
    [one] { $count } image sent and accepted
   *[other] { $count } images sent, each accepted
}
transfer-sent-kept = { $count ->
    [one] { $count } image sent, accepted and kept (storage commitment)
   *[other] { $count } images sent, each accepted and kept (storage commitment)
}
transfer-with-warnings = { $said }, { $count ->
    [one] 1 with a warning
   *[other] { $count } with warnings
}
transfer-failed = { $done } of { $of }. { $reason }
transfer-speed = { $speed }/s
transfer-left = { $time } left
transfer-instances-failed = { $count ->
    [one] { $count } image: { $reason }
   *[other] { $count } images: { $reason }
}
transfer-more-failed = and { $count } more
transfer-cancel = Stop this transfer
transfer-take-off = Take off the list
transfer-pause = Pause
transfer-first = Before all others
transfer-resume = Go on
transfer-retry = Try again
transfer-notice-failed-unbegun = The transfer with { $node } ended before it began. { $reason }
transfer-notice-failed = The transfer with { $node } ended with { $done } of { $of } images. { $reason }
transfer-notice-sent = { $count ->
    [one] { $count } image was sent to { $node }, and { $node } accepted it.
   *[other] { $count } images were sent to { $node }, and { $node } accepted each of them.
}
transfer-notice-with-warnings = { $said } { $count ->
    [one] It warns of 1 image
   *[other] It warns of { $count } images
}: the list of transfers says why.
transfer-notice-sent-kept = { $count ->
    [one] { $count } image was sent to { $node }, and { $node } has committed to keep it.
   *[other] { $count } images were sent to { $node }, and { $node } has committed to keep each of them.
}
transfer-committing = { $done } of { $of } sent; waiting for the node’s commitment
transfer-commitment-unconfirmed = { $node } has stored everything, but has not confirmed within a day that it keeps it. Try again to ask once more; nothing is sent again.
transfer-commitment-refused = { $node } has stored the images, but does not promise to keep all of them. { $reason } Try again to ask once more; nothing is sent again.
transfer-commitment-unheard = { $node } has stored everything, and confirms later, by calling this computer, which does not listen. Switch on receiving in the settings, then try again; nothing is sent again.
transfer-commitment-other-node = { $title } reports on what { $node } was asked to keep. The report was not taken, for { $node } has another AE title. If both are one archive, tell its administrator.
transfer-no-node = The node { $node } is not among the nodes any more. Add it again, or remove this transfer.
transfer-file-gone = The file is not there any more.
transfer-incomplete = { $count ->
    [one] { $count } image did not come.
   *[other] { $count } images did not come.
} They are asked for again.
transfer-other-study = { $count ->
    [one] { $node } sent { $count } image of another study than the one asked for. It is
   *[other] { $node } sent { $count } images of another study than the one asked for. They are
} in the archive under the patient and study they name, and not shown with this one.
transfer-other-patient = { $count ->
    [one] { $node } sent { $count } image of another patient, { $other }, with the study of { $asked }. It is
   *[other] { $node } sent { $count } images of another patient, { $other }, with the study of { $asked }. They are
} in the archive under the patient named, and not part of this study. Find out whose the study is before you rely on it.
transfer-only-other-patient = What { $node } sent for { $asked } is another patient’s, { $other }. It is in the archive under that name and is not shown. Search again, and find out whose the study is.
transfer-hindered = The transfer waits for the local archive and goes on by itself. { $reason }
transfer-failed-inside = The transfer failed for a reason inside this program; it is tried again.
transfer-not-files = What lies in a zip archive or in memory cannot be sent. Unpack it first.
transfer-nothing = There is nothing to send in this study.
transfers-send = Send the study on screen ({ $who } · { $study }) to:
transfers-send-question = Send this study to { $node }?
transfers-send-yes = Send
node-drop-question = Drop what you have written about this node?
node-drop-yes = Drop
ask-cancel = Cancel
ask-images = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
transfers-send-part = Only { $here } of { $of } images of this study are here; only these are sent.
status-transfer = { $node }: { $state }
status-more-transfers = and { $count } more
node-sign-in = Sign in
node-signed-in-page = You are signed in. You can close this page and go back to isocentre.
node-sign-in-failed-page = Signing in did not work. Close this page and try again in isocentre.
node-secret-kept = The password or token for { $node } is in the system’s keyring.
node-secret-for-now = There is no keyring on this system: the password or token for { $node } is kept until the program ends.
node-secret-locked = The system’s keyring is locked: the password or token for { $node } is kept until the program ends. Unlock the keyring and enter it again.
node-secret-silent = The system’s keyring does not answer: the password or token for { $node } is kept until the program ends. Enter it again once the keyring is unlocked.
node-secret-not-forgotten = The system’s keyring is locked: what it holds for { $node } could not be removed. Unlock it and remove the entry “isocentre” there.
series-arriving = { $here } of { $of } images are here
study-in-part = { $here } of { $of } images of the study are here
transfer-still-coming = This study is still on its way. Send it when all of it is here.
transfer-only-part = Only { $here } of { $of } images of this study are here. Open it from the search to fetch the rest before you send it.

browser-earlier = Earlier studies
browser-earlier-more = { $count ->
    [one] One more: search for the patient.
   *[other] { $count } more: search for the patient.
}
browser-earlier-here = In the local archive. A click opens it.
browser-earlier-away = With { $nodes }. A click fetches and opens it.
