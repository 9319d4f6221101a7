//! An Orthanc of the test's own: free ports on this computer, its own folder, gone with the test.
//!
//! Debian's (1.10.1) crashes at the first request over HTTPS; a proxy in front of it speaks that.

use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::certificates::TestAuthority;
use super::certificates::TestCertificate;

const PLUGIN: &str = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const LONGEST_START: Duration = Duration::from_mins(1);

/// How it is to be.
#[derive(Debug, Clone, Default)]
pub struct OrthancOptions {
    /// DIMSE over TLS: who vouches for clients, and its own certificate.
    pub dicom_tls: Option<OrthancTls>,
    /// Only associations that call it `ORTHANC`, from the modalities below, are accepted.
    pub checks_ae_titles: bool,
    /// AE title and port on this computer: whom it knows, and can move to.
    pub modalities: Vec<(String, u16)>,
    /// User name and password; no one needs one if there is none.
    pub users: Vec<(String, String)>,
    /// Most results of a search; 0 for no limit.
    pub limit_find_results: u32,
    /// Anything else, over the above.
    pub other: Option<Value>,
}

/// One side's TLS.
#[derive(Debug, Clone)]
pub struct OrthancTls {
    /// Its own certificate.
    pub own: TestCertificate,
    /// The authority's file; clients must show a certificate of it.
    pub clients: Option<std::path::PathBuf>,
}

impl OrthancTls {
    /// Of this authority; clients need no certificate.
    pub fn of(authority: &TestAuthority) -> Self {
        Self {
            own: authority.for_this_computer(),
            clients: None,
        }
    }
}

/// A running one. Its title is `ORTHANC`.
pub struct Orthanc {
    process: Child,
    folder: tempfile::TempDir,
    options: OrthancOptions,
    pub dicom_port: u16,
    pub http_port: u16,
}

impl Orthanc {
    /// One as it comes. `None`, said, where Orthanc is not installed.
    pub fn start(test: &str) -> Option<Self> {
        Self::start_with(test, OrthancOptions::default())
    }

    /// One with these options.
    pub fn start_with(test: &str, options: OrthancOptions) -> Option<Self> {
        let is_installed = Command::new("Orthanc")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if is_installed.is_err() || !Path::new(PLUGIN).exists() {
            eprintln!("skipped: {test}, for Orthanc with DICOMweb is not installed");
            return None;
        }
        // Between choosing a free port and taking it, another program may take it.
        (0..5)
            .find_map(|_| Self::try_start(&options))
            .or_else(|| panic!("Orthanc does not start"))
    }

    fn try_start(options: &OrthancOptions) -> Option<Self> {
        let folder = super::temp_folder();
        let (dicom_port, http_port) = free_ports();
        let configuration = folder.path().join("orthanc.json");
        let text = configuration_of(options, folder.path(), dicom_port, http_port).to_string();
        std::fs::write(&configuration, text).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("Orthanc")
            .arg(&configuration)
            // Its DICOM library waits for acknowledgements of small packets otherwise.
            .env("TCP_NODELAY", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut orthanc = Self {
            process,
            folder,
            options: options.clone(),
            dicom_port,
            http_port,
        };
        orthanc.is_up().then_some(orthanc)
    }

    /// Both servers answer; false if it ended instead.
    fn is_up(&mut self) -> bool {
        let begin = Instant::now();
        let answers = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        // A port that answers may be another program's: ours ends then.
        while begin.elapsed() < LONGEST_START {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if self.log().contains("Orthanc has started")
                && answers(self.dicom_port)
                && answers(self.http_port)
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// What it wrote so far, for failures.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// `ORTHANC@127.0.0.1:port`.
    pub fn dimse(&self) -> String {
        let tls = self.options.dicom_tls.as_ref().map_or("", |_| "+tls");
        format!("ORTHANC@127.0.0.1:{}{tls}", self.dicom_port)
    }

    /// The base of its own interface.
    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    /// The base of DICOMweb.
    pub fn dicom_web(&self) -> String {
        format!("{}/dicom-web", self.http())
    }

    /// Stores a Part 10 file by its own interface.
    pub fn store(&self, file: &[u8]) {
        let request = Self::agent().post(format!("{}/instances", self.http()));
        let mut answer = self.authorized(request).send(file).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status().is_success(), "{text}");
    }

    /// A JSON answer of its own interface: `/studies`, `/statistics`, …
    pub fn get_json(&self, path: &str) -> Value {
        let request = Self::agent().get(format!("{}{path}", self.http()));
        let mut answer = self.authorized(request).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// How many instances it holds.
    pub fn instance_count(&self) -> usize {
        self.get_json("/instances").as_array().unwrap().len()
    }

    /// Removes all it holds.
    pub fn forget_all(&self) {
        for patient in self.get_json("/patients").as_array().unwrap() {
            let place = format!("{}/patients/{}", self.http(), patient.as_str().unwrap());
            let request = Self::agent().delete(place);
            assert!(
                self.authorized(request)
                    .call()
                    .unwrap()
                    .status()
                    .is_success()
            );
        }
    }

    fn agent() -> ureq::Agent {
        ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .new_agent()
    }

    fn authorized<T>(&self, request: ureq::RequestBuilder<T>) -> ureq::RequestBuilder<T> {
        use base64::Engine as _;
        match self.options.users.first() {
            None => request,
            Some((user, password)) => {
                let text = format!("{user}:{password}");
                let coded = base64::engine::general_purpose::STANDARD.encode(text);
                request.header("Authorization", format!("Basic {coded}"))
            }
        }
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // It has ended already, or it ends now; its folder goes after it.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Two ports that were free a moment ago.
fn free_ports() -> (u16, u16) {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (one, other) = (free(), free());
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    (port(&one), port(&other))
}

fn configuration_of(
    options: &OrthancOptions,
    folder: &Path,
    dicom_port: u16,
    http_port: u16,
) -> Value {
    let modalities: serde_json::Map<_, _> = options
        .modalities
        .iter()
        .map(|(title, port)| (title.clone(), json!([title, "127.0.0.1", port])))
        .collect();
    let users: serde_json::Map<_, _> = options
        .users
        .iter()
        .map(|(user, password)| (user.clone(), json!(password)))
        .collect();
    let is_open = !options.checks_ae_titles;
    let mut all = json!({
        "Name": "isocentre test",
        "StorageDirectory": folder.join("storage"),
        "IndexDirectory": folder.join("storage"),
        "Plugins": [PLUGIN],
        "HttpPort": http_port,
        "RemoteAccessAllowed": true,
        "AuthenticationEnabled": !options.users.is_empty(),
        "RegisteredUsers": users,
        "DicomAet": "ORTHANC",
        "DicomPort": dicom_port,
        "DicomCheckCalledAet": options.checks_ae_titles,
        "DicomAlwaysAllowEcho": is_open,
        "DicomAlwaysAllowStore": is_open,
        "DicomAlwaysAllowFind": is_open,
        "DicomAlwaysAllowGet": is_open,
        "DicomAlwaysAllowMove": is_open,
        "DicomModalities": modalities,
        "StrictAetComparison": options.checks_ae_titles,
        "UnknownSopClassAccepted": true,
        "OverwriteInstances": true,
        "LimitFindResults": options.limit_find_results,
        "LimitFindInstances": options.limit_find_results,
        "SaveJobs": false,
        "SyncStorageArea": false,
        "StableAge": 1,
        "DicomWeb": {"Enable": true, "Root": "/dicom-web/", "EnableWado": true, "WadoRoot": "/wado"},
    });
    let mut put = |key: &str, value: Value| {
        let all = all.as_object_mut().unwrap();
        all.insert(key.to_owned(), value);
    };
    if let Some(tls) = &options.dicom_tls {
        put("DicomTlsEnabled", json!(true));
        put("DicomTlsCertificate", json!(tls.own.certificate));
        put("DicomTlsPrivateKey", json!(tls.own.key));
        put(
            "DicomTlsRemoteCertificateRequired",
            json!(tls.clients.is_some()),
        );
        // Asked for even where clients need no certificate.
        let trusted = tls.clients.as_ref().unwrap_or(&tls.own.certificate);
        put("DicomTlsTrustedCertificates", json!(trusted));
    }
    if let Some(Value::Object(other)) = &options.other {
        for (key, value) in other {
            put(key, value.clone());
        }
    }
    all
}

#[test]
fn an_orthanc_of_the_test_answers_its_users() {
    let folder = super::temp_folder();
    let authority = TestAuthority::new(folder.path());
    let options = OrthancOptions {
        dicom_tls: Some(OrthancTls::of(&authority)),
        users: vec![("reader".into(), "secret".into())],
        ..OrthancOptions::default()
    };
    let Some(orthanc) = Orthanc::start_with("Orthanc", options) else {
        return;
    };
    orthanc.store(&super::SyntheticImage::new(2, 2).write(super::Encoding::ExplicitLittle));
    assert_eq!(orthanc.instance_count(), 1, "{}", orthanc.log());
}
