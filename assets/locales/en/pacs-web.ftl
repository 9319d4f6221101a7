# DICOMweb: HTTP, tokens. $peer is host:port.

web-address = “{ $peer }” is not the address of a web service. It begins with http:// or https:// and names a host.
web-no-secret = { $peer } asks for a password or token, and there is none in this computer’s keyring. Enter it with the node’s settings; on the command line, set { $variable }.
web-unauthorised = { $peer } does not accept our user name, password or token. It may have been changed or have run out: enter it again.
web-forbidden = { $peer } knows us but does not allow this. Ask its administrator for the right to read studies.
web-sign-in = { $peer } asks you to sign in, once or again.
web-sign-in-failed = Signing in for { $peer } did not work: { $detail }
web-no-service = { $peer } has nothing at “{ $path }”. Either it does not hold this any more, or the path of the service is another one: it is often /dicom-web, /dicomweb, /rs or /dcm4chee-arc/aets/NAME/rs.
web-not-acceptable = { $peer } has this in no form that we can read.
web-busy = { $peer } is overloaded or being maintained. Try again later.
web-status = { $peer } refused (HTTP { $status }). Its log should say why.
web-status-detail = { $peer } refused (HTTP { $status }): “{ $detail }”
web-html = { $peer } sends a web page and not DICOM. The path of the service may be missing from the address (it is often /dicom-web), or a sign-in page stands before it.
web-not-dicom = { $peer } sends “{ $type }” and not DICOM. The address may be that of another service.
web-not-json = The list that { $peer } sent cannot be read ({ $detail }). Tell its administrator.
web-not-http = { $peer } does not speak HTTP. The port may be that of DIMSE, or the address must begin with https://.
web-truncated = What { $peer } sent ended in the middle and was not kept. Try again.
web-too-long = { $peer } sends more than makes sense for what was asked, so we stopped listening.
web-redirected = { $peer } sends us on to { $to }, where we do not follow with your data. If that is the right place, make it the node’s address.
web-proxy = The proxy does not let us through to { $peer } ({ $detail }). Check the proxy of this node or of this computer.
web-other-instance = { $peer } sent something else than the instance that was asked for. It was not kept. Tell the archive’s administrator.
web-not-stored = { $peer } did not store it and does not say why. Its log should.
