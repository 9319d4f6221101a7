//! A port of this computer, by IPv4 and by IPv6.

use std::io;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::time::Duration;

use crate::pacs::Failure;

/// Tries to find a port that is free in both families, where any will do.
const MOST_TRIES: usize = 20;

/// Takes a port of all interfaces (0: any free one), by a socket for each family of addresses that
/// the system has: a single one for both hears IPv4 or not as the system is set, and where another
/// program has the port in IPv4 it may not be told.
///
/// # Errors
/// [`Failure::Listen`] where the port is not free in both.
pub(super) fn listen(port: u16) -> Result<(Vec<TcpListener>, u16), Failure> {
    let mut outcome = listen_once(port);
    for _ in 1..MOST_TRIES {
        if port != 0 || outcome.is_ok() {
            break;
        }
        outcome = listen_once(port);
    }
    outcome
}

fn listen_once(port: u16) -> Result<(Vec<TcpListener>, u16), Failure> {
    let failed = |port, family: &str, error: io::Error| Failure::Listen {
        port,
        detail: format!("{family}: {error}"),
    };
    let first = match by_ipv6(port) {
        Ok(listener) => Some(listener),
        Err(error) if is_absent(&error) => {
            tracing::info!(%error, "no IPv6");
            None
        }
        Err(error) => return Err(failed(port, "IPv6", error)),
    };
    let port = match &first {
        Some(listener) => port_of(listener).map_err(|error| failed(port, "IPv6", error))?,
        None => port,
    };
    let second = match TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)) {
        Ok(listener) => Some(listener),
        Err(error) if is_absent(&error) && first.is_some() => None,
        Err(error) => return Err(failed(port, "IPv4", error)),
    };
    let listeners: Vec<TcpListener> = first.into_iter().chain(second).collect();
    let last = listeners.last().expect("one of them was taken");
    let port = port_of(last).map_err(|error| failed(port, "IPv4", error))?;
    Ok((listeners, port))
}

fn port_of(listener: &TcpListener) -> io::Result<u16> {
    Ok(listener.local_addr()?.port())
}

/// Whether the system does not have this family of addresses at all.
fn is_absent(error: &io::Error) -> bool {
    let is_unknown_family = {
        #[cfg(unix)]
        {
            error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
        }
        #[cfg(not(unix))]
        {
            /// `WSAEAFNOSUPPORT`
            const UNKNOWN_FAMILY: i32 = 10047;
            error.raw_os_error() == Some(UNKNOWN_FAMILY)
        }
    };
    is_unknown_family || error.kind() == io::ErrorKind::AddrNotAvailable
}

/// Of IPv6 alone, however the system is set.
#[cfg(unix)]
fn by_ipv6(port: u16) -> io::Result<TcpListener> {
    use rustix::io::FdFlags;
    use rustix::net;
    use rustix::net::sockopt;
    use std::net::SocketAddrV6;

    /// Callers that wait to be taken, as in the standard library.
    const WAITING: i32 = 128;
    let socket = net::socket(net::AddressFamily::INET6, net::SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    sockopt::set_ipv6_v6only(&socket, true)?;
    // A receiver that begins again takes its port at once.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    let address = SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, port, 0, 0);
    net::bind(&socket, &address)?;
    net::listen(&socket, WAITING)?;
    Ok(TcpListener::from(socket))
}

/// Windows never hears IPv4 by such a socket unless it is asked to.
#[cfg(not(unix))]
fn by_ipv6(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))
}

/// Ends the wait for the next association.
pub(super) fn wake(port: u16) {
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ] {
        // If nobody answers, nobody waits.
        drop(TcpStream::connect_timeout(
            &address,
            Duration::from_millis(500),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_of_addresses_has_a_socket_of_its_own_on_one_port() {
        let (listeners, port) = listen(0).unwrap();
        for listener in &listeners {
            let address = listener.local_addr().unwrap();
            assert_eq!(address.port(), port);
            assert!(
                TcpStream::connect((
                    if address.is_ipv6() {
                        "::1"
                    } else {
                        "127.0.0.1"
                    },
                    port
                ))
                .is_ok()
            );
            #[cfg(unix)]
            if address.is_ipv6() {
                assert!(rustix::net::sockopt::ipv6_v6only(listener).unwrap());
            }
        }
        let families: Vec<bool> = listeners
            .iter()
            .map(|listener| listener.local_addr().unwrap().is_ipv4())
            .collect();
        let has_ipv6 = TcpListener::bind("[::1]:0").is_ok();
        assert_eq!(
            families,
            if has_ipv6 {
                vec![false, true]
            } else {
                vec![true]
            }
        );
    }

    #[test]
    fn a_port_that_another_program_has_in_one_family_is_taken() {
        for (theirs, family) in [("0.0.0.0:0", "IPv4"), ("[::1]:0", "IPv6")] {
            let Ok(other) = TcpListener::bind(theirs) else {
                continue; // this computer has none
            };
            let port = other.local_addr().unwrap().port();
            let failure = listen(port).err();
            let said = match &failure {
                Some(Failure::Listen { detail, .. }) => detail.as_str(),
                _ => "",
            };
            assert!(said.starts_with(family), "{theirs}: {failure:?}");
        }
    }
}
