//! C-STORE from the receiving side (PS3.4 annex B): one instance, from the line into a sink.

use super::association::Association;
use super::command::Command;
use super::command::field;
use crate::dicom::Announced;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::Refusal;
use crate::pacs::Failure;
use crate::pacs::InstanceOutcome;
use crate::problem::Message;
use crate::problem::msg;

/// Takes the instance that a C-STORE request announces, and answers: success only after the sink
/// has it for good. `heard` is called as often as bytes come.
pub(super) fn take(
    association: &mut Association,
    context_id: u8,
    request: &Command,
    sink: &dyn InstanceSink,
    heard: &dyn Fn(),
) -> Result<InstanceOutcome, Failure> {
    let transfer_syntax_uid = association
        .context_of_id(context_id)
        .map(|context| context.transfer_syntax.clone())
        .unwrap_or_default();
    let uid = |field| request.get_text(field).unwrap_or_default();
    let announced = Announced {
        sop_class_uid: uid(field::AFFECTED_SOP_CLASS_UID),
        sop_instance_uid: uid(field::AFFECTED_SOP_INSTANCE_UID),
        transfer_syntax_uid,
        from: association.peer_title.clone(),
    };
    let sop_instance_uid = announced.sop_instance_uid.clone();
    let result = if request.has_data() {
        let mut place = Place::begin(sink, &announced);
        association.read_data(context_id, |bytes| {
            place.write(bytes);
            heard();
        })?;
        place.finish()
    } else {
        let message = Message::new(msg("pacs-no-data-set"));
        Err(Refusal::Unreadable(message))
    };
    let status = match &result {
        Ok(_) => 0x0000,
        Err(refusal) => refusal.status(),
    };
    let answered = association.send(context_id, &Command::answer(request, status), None);
    let outcome = InstanceOutcome {
        sop_instance_uid,
        has_no_room: matches!(result, Err(Refusal::NoRoom(_))),
        has_no_place: matches!(result, Err(Refusal::Unkept(_))),
        result: result.map_err(|refusal| refusal.message().clone()),
        remark: None,
    };
    // What is kept is kept, even if the other side cannot be told any more.
    match answered {
        Ok(()) | Err(Failure::Cut { .. } | Failure::Aborted { .. }) => Ok(outcome),
        Err(failure) if outcome.result.is_err() => Err(failure),
        Err(_said_by_what_is_read_next) => Ok(outcome),
    }
}

/// Where an instance goes, or why nowhere: its bytes are read all the same.
enum Place {
    Open(Box<dyn InstanceWriter>),
    Refused(Refusal),
}

impl Place {
    fn begin(sink: &dyn InstanceSink, announced: &Announced) -> Self {
        sink.begin(announced).map_or_else(Self::Refused, Self::Open)
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Self::Open(writer) = self
            && let Err(refusal) = writer.write(bytes)
        {
            *self = Self::Refused(refusal);
        }
    }

    fn finish(self) -> Result<crate::dicom::Received, Refusal> {
        match self {
            Self::Open(writer) => writer.finish(),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}
