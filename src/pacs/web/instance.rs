//! One instance: its address, and how it is fetched in the first form that the service can do.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::WebTrouble;
use super::accept::COMPRESSED;
use super::accept::Form;
use super::address::escaped;
use super::receive::Arrived;
use super::receive::receive;
use super::session::Ask;
use super::session::Session;
use super::site::Site;
use crate::dicom::InstanceSink;
use crate::pacs::Failure;

/// Pauses before a request that failed is tried again.
const PAUSES: &[Duration] = &[Duration::from_millis(300), Duration::from_secs(2)];

/// Where an instance is, below its service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct InstancePlace {
    /// Study Instance UID.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// SOP Instance UID.
    pub instance_uid: String,
}

impl InstancePlace {
    /// `BASE/studies/…/series/…/instances/…`
    pub(super) fn url(&self, base: &str) -> String {
        format!(
            "{base}/studies/{}/series/{}/instances/{}",
            escaped(&self.study_uid),
            escaped(&self.series_uid),
            escaped(&self.instance_uid)
        )
    }

    /// The same by WADO-URI (PS3.18 9), which most services have beside the other: `/wado` where
    /// the last part of the base stands.
    fn url_of_query(&self, base: &str) -> String {
        let above = base.rsplit_once('/').map_or(base, |(above, _)| above);
        // The base may be nothing but a host.
        let above = if above.ends_with('/') { base } else { above };
        format!(
            "{above}/wado?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}\
             &contentType=application%2Fdicom",
            escaped(&self.study_uid),
            escaped(&self.series_uid),
            escaped(&self.instance_uid)
        )
    }
}

/// What was learnt of a service while asking: which form works there.
pub(super) struct Forms {
    current: AtomicUsize,
    /// Instances that came in it.
    successes: AtomicUsize,
    /// Instances that did not come in the preferred form, though others do perhaps.
    exceptions: AtomicUsize,
    is_slow: bool,
}

/// So many instances that a service cannot compress, and none that it can: it cannot compress.
const MOST_EXCEPTIONS: usize = 3;

const ORDER: [Form; 5] = [
    Form::Preferred,
    Form::AsIs,
    Form::Default,
    Form::Single,
    Form::Uri,
];

impl Forms {
    pub const fn new(is_slow: bool) -> Self {
        Self {
            current: AtomicUsize::new(if is_slow { 0 } else { 1 }),
            successes: AtomicUsize::new(0),
            exceptions: AtomicUsize::new(0),
            is_slow,
        }
    }

    /// On a slow line what is looked at goes before what is quickest in all.
    pub const fn is_slow(&self) -> bool {
        self.is_slow
    }

    fn current(&self) -> Form {
        let at = self.current.load(Ordering::Relaxed);
        ORDER.get(at).copied().unwrap_or(Form::AsIs)
    }

    fn works(&self, form: Form) {
        if self.current() == Form::Preferred && form != Form::Preferred {
            let before = self.exceptions.fetch_add(1, Ordering::Relaxed);
            if self.has_worked() || before + 1 < MOST_EXCEPTIONS {
                return; // segmentations, palettes and documents cannot be compressed everywhere
            }
        }
        if let Some(at) = ORDER.iter().position(|one| *one == form) {
            self.current.store(at, Ordering::Relaxed);
        }
        self.successes.fetch_add(1, Ordering::Relaxed);
    }

    fn has_worked(&self) -> bool {
        self.successes.load(Ordering::Relaxed) > 0
    }
}

/// Fetches an instance into a sink, and tries again what may go well the second time.
///
/// # Errors
/// [`Failure`]; nothing of the instance stays then.
pub(super) fn fetch(
    session: &Session<'_>,
    forms: &Forms,
    place: &InstancePlace,
    sink: &dyn InstanceSink,
) -> Result<Arrived, Failure> {
    let mut pauses = PAUSES.iter();
    loop {
        match fetch_in_some_form(session, forms, place, sink) {
            Err(failure) if failure.is_transient() && !is_internal(&failure) => {
                let Some(pause) = pauses.next() else {
                    return Err(failure);
                };
                session.pause(*pause)?;
            }
            outcome => return outcome,
        }
    }
}

/// An error within the service: the same request gives the same error, most often.
const fn is_internal(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Web {
            trouble: WebTrouble::Status { status: 500, .. },
            ..
        }
    )
}

fn fetch_in_some_form(
    session: &Session<'_>,
    forms: &Forms,
    place: &InstancePlace,
    sink: &dyn InstanceSink,
) -> Result<Arrived, Failure> {
    let mut form = forms.current();
    let mut first = None;
    loop {
        let failure = match fetch_in(session, form, place, sink) {
            Ok(arrived) => {
                forms.works(form);
                return Ok(arrived);
            }
            Err(failure) => failure,
        };
        // What no service has is missing; before anything came, the form may be to blame.
        let next = match form_trouble(&failure, form) {
            Some(FormTrouble::Surely) => form.next(),
            Some(FormTrouble::Perhaps) if !forms.has_worked() => Some(Form::Uri),
            _ => None,
        };
        match next {
            Some(next) if next != form => {
                first.get_or_insert(failure);
                form = next;
            }
            // What the first form failed with says more than what the last one did.
            _ => return Err(first.unwrap_or(failure)),
        }
    }
}

enum FormTrouble {
    Surely,
    Perhaps,
}

fn form_trouble(failure: &Failure, form: Form) -> Option<FormTrouble> {
    let Failure::Web { trouble, .. } = failure else {
        return None;
    };
    match trouble {
        WebTrouble::NotAcceptable | WebTrouble::Status { status: 400, .. } => {
            Some(FormTrouble::Surely)
        }
        // Orthanc says so where it cannot compress.
        WebTrouble::Status { status: 500, .. } if form == Form::Preferred => {
            Some(FormTrouble::Surely)
        }
        WebTrouble::NoService { .. } => Some(FormTrouble::Perhaps),
        _ => None,
    }
}

fn fetch_in(
    session: &Session<'_>,
    form: Form,
    place: &InstancePlace,
    sink: &dyn InstanceSink,
) -> Result<Arrived, Failure> {
    let site: &Site = session.site;
    let url = match form {
        Form::Uri => place.url_of_query(&site.base),
        _ => place.url(&site.base),
    };
    let accept = form.accept(COMPRESSED);
    let answer = session.get(&Ask {
        url,
        accept: &accept,
        may_pack: false,
    })?;
    if answer.is_partial() && !answer.media_type.is_multipart() {
        return Err(site.trouble(WebTrouble::Truncated));
    }
    let mut arrived = None;
    let only = Some(place.instance_uid.as_str());
    let outcome = receive(session, answer, only, sink, &mut |part| {
        // Of several parts the one that was asked for counts.
        let is_better = arrived
            .as_ref()
            .is_none_or(|before: &Arrived| before.result.is_err());
        if is_better {
            arrived = Some(part);
        }
    });
    match (arrived, outcome) {
        // What is kept is kept, whatever came behind it.
        (Some(arrived), _) if arrived.result.is_ok() => Ok(arrived),
        (_, Err(failure)) => Err(failure),
        (Some(arrived), Ok(())) => Ok(arrived),
        (None, Ok(())) => Err(site.trouble(WebTrouble::NotDicom {
            media_type: "multipart/related".to_owned(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_an_address_in_both_services() {
        let place = InstancePlace {
            study_uid: "1.2".into(),
            series_uid: "3.4/..".into(),
            instance_uid: "5.6".into(),
        };
        assert_eq!(
            place.url("http://h/dicom-web"),
            "http://h/dicom-web/studies/1.2/series/3.4%2F../instances/5.6"
        );
        let query = |base: &str| place.url_of_query(base);
        assert!(query("http://h/dicom-web").starts_with("http://h/wado?requestType=WADO&"));
        assert!(query("http://h:80").starts_with("http://h:80/wado?"));
        assert!(query("http://h/aets/A/rs").starts_with("http://h/aets/A/wado?"));
    }
}
