//! DCMTK's programs as peers of a test: on a free port, with a folder of their own, gone with it.

use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

pub const NEEDED: &str = "DCMTK (Debian: apt install dcmtk)";

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A program that listens, ended with its value.
pub struct Listening {
    process: Child,
    pub port: u16,
}

impl Listening {
    /// Starts a program that takes its port as its last argument.
    pub fn start(program: &str, arguments: &[&str]) -> Self {
        let port = free_port();
        let process = Command::new(program)
            .args(arguments)
            .arg(port.to_string())
            .env("TCP_NODELAY", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(NEEDED);
        let listening = Self { process, port };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{program} does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        listening
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Runs a program to its end; its output if it ends well.
pub fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .env("TCP_NODELAY", "1")
        .output()
        .expect(NEEDED);
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(text)
    } else {
        Err(text)
    }
}

/// DCMTK's archive, which knows us under our title at a port.
pub fn dcmqrscp(folder: &Path, our_port: u16) -> Listening {
    let storage = folder.join("db");
    std::fs::create_dir_all(&storage).unwrap();
    let configuration = format!(
        "MaxPDUSize = 65536\nMaxAssociations = 16\n\
         HostTable BEGIN\nus = (ISOCENTRE, localhost, {our_port})\nHostTable END\n\
         VendorTable BEGIN\nVendorTable END\n\
         AETable BEGIN\nQR {} RW (200, 1024mb) ANY\nAETable END\n",
        storage.display()
    );
    let file = folder.join("dcmqrscp.cfg");
    std::fs::write(&file, configuration).unwrap();
    // It takes lossless JPEG besides, and sends what it took as it is.
    let configuration = ["+xs", "-xs", "-c", file.to_str().unwrap()];
    Listening::start("dcmqrscp", &configuration)
}
