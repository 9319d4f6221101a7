//! What nodes said there is of a study, from when it was asked for until all of it has come: what
//! ended early is never taken for the whole.

use std::collections::BTreeMap;
use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::Archive;
use crate::archive::ArchiveError;
use crate::model::StudyMatch;

use super::Transfer;
use super::TransferId;
use super::TransferKind;
use super::TransferState;
use super::Transfers;
use super::rows::read_transfer;

/// What a node said there is of a study that was not fetched to its end from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeListing {
    /// Name of the node.
    pub node: String,
    /// Instances of the study, as the node counts them; 0 where it said none.
    pub count: u32,
    /// Instances of its series, by Series Instance UID.
    pub series: BTreeMap<String, u32>,
}

impl NodeListing {
    /// Instances there are in all, as far as is known.
    #[must_use]
    pub fn instances(&self) -> u32 {
        let listed = self
            .series
            .values()
            .fold(0, |sum: u32, it| sum.saturating_add(*it));
        self.count.max(listed)
    }

    /// The same, if the node said how many: of each series, or of the study.
    #[must_use]
    pub fn counted(&self) -> Option<u32> {
        let is_known = self.count > 0 || self.series.values().all(|count| *count > 0);
        is_known.then(|| self.instances())
    }
}

impl Transfers {
    /// A node counts so many instances of a study that is about to be fetched from there.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn note_counted(
        &self,
        node: &str,
        study: &StudyMatch,
        instances: u32,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let of = (study.study_uid.as_str(), study.patient_id.as_str());
            note(transaction, node, of, "", instances)
        })
    }

    /// The node of a retrieval lists so many instances, by Series Instance UID; of a whole study all
    /// that it has. Takes the place of what it said before, but where the list is not whole: then
    /// what it counted of the study stays.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn note_listed(
        &self,
        id: TransferId,
        series: &[(String, u32)],
        is_whole: bool,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let Some(transfer) = read_transfer(transaction, id)? else {
                return Ok(());
            };
            // Of single instances it says nothing about the rest.
            if !transfer.instance_uids.is_empty() {
                return Ok(());
            }
            let of = (transfer.study_uid.as_str(), transfer.patient_id.as_str());
            let counted = before(transaction, &transfer)?.count;
            forget(transaction, &transfer)?;
            if !is_whole && counted > 0 {
                note(transaction, &transfer.node, of, "", counted)?;
            }
            for (series_uid, instances) in series {
                note(transaction, &transfer.node, of, series_uid, *instances)?;
            }
            Ok(())
        })
    }

    /// The node of a retrieval has these series, of at least so many instances, 0 where it does not
    /// say; what else it said before stays. For who stops before everything is listed.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn note_series(
        &self,
        id: TransferId,
        series: &[(String, u32)],
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let transfer = read_transfer(transaction, id)?;
            let Some(transfer) = transfer.filter(|it| it.instance_uids.is_empty()) else {
                return Ok(());
            };
            let of = (transfer.study_uid.as_str(), transfer.patient_id.as_str());
            let before = before(transaction, &transfer)?.series;
            for (series_uid, least) in series {
                let instances = before.get(series_uid).map_or(*least, |it| *least.max(it));
                note(transaction, &transfer.node, of, series_uid, instances)?;
            }
            Ok(())
        })
    }

    /// What nodes said there is of a study of this patient, which was not fetched to its end from
    /// them.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn listed(
        &self,
        study_uid: &str,
        patient_id: &str,
    ) -> Result<Vec<NodeListing>, ArchiveError> {
        let all = read(&self.lock(), Some(study_uid))?;
        // Where nothing is known of whose it is, it may be this patient's.
        let is_theirs = |own: &str| own == patient_id || own.is_empty() || patient_id.is_empty();
        let theirs = all.into_iter().filter(|((_, own), _)| is_theirs(own));
        Ok(theirs.flat_map(|(_, listings)| listings).collect())
    }
}

impl Archive {
    /// Adds to studies how many instances there are of each by what a node said, where more are
    /// there than here.
    pub(in crate::archive) fn add_listed(
        &self,
        studies: &mut [StudyMatch],
    ) -> Result<(), ArchiveError> {
        let listed = read(&self.transfers.lock(), None)?;
        if listed.is_empty() {
            return Ok(());
        }
        for study in studies {
            let of = |patient_id: &str| {
                let key = (study.study_uid.clone(), patient_id.to_owned());
                let listings = listed.get(&key).map_or(&[][..], Vec::as_slice);
                listings.iter().map(NodeListing::instances).max()
            };
            let most = of(&study.patient_id).max(of(""));
            study.listed_count = most.filter(|most| study.instance_count < Some(*most));
        }
        Ok(())
    }
}

/// What the node of a retrieval said before.
fn before(transaction: &Transaction<'_>, transfer: &Transfer) -> Result<NodeListing, ArchiveError> {
    let key = (transfer.study_uid.clone(), transfer.patient_id.clone());
    let listings = read(transaction, Some(&transfer.study_uid))?.remove(&key);
    let mut its = listings.into_iter().flatten();
    Ok(its.find(|it| it.node == transfer.node).unwrap_or_default())
}

/// All that was listed has come.
pub(super) fn forget_if_whole(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
) -> Result<(), ArchiveError> {
    if transfer.kind == TransferKind::Send
        || transfer.state != TransferState::Done
        || !transfer.instance_uids.is_empty()
    {
        return Ok(());
    }
    forget(transaction, transfer)
}

/// What the node of a retrieval said of what that is for.
fn forget(transaction: &Transaction<'_>, transfer: &Transfer) -> Result<(), ArchiveError> {
    let series: serde_json::Value = transfer.series_uids.iter().map(String::as_str).collect();
    transaction.execute(
        "DELETE FROM listed WHERE study_uid = ?1 AND patient_id = ?2 AND node = ?3
         AND (?4 OR series_uid IN (SELECT value FROM json_each(?5)))",
        params![
            transfer.study_uid,
            transfer.patient_id,
            transfer.node,
            transfer.series_uids.is_empty(),
            series.to_string()
        ],
    )?;
    Ok(())
}

fn note(
    transaction: &Transaction<'_>,
    node: &str,
    (study_uid, patient_id): (&str, &str),
    series_uid: &str,
    instances: u32,
) -> Result<(), ArchiveError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO listed (study_uid, patient_id, node, series_uid, instances)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET instances = excluded.instances",
    )?;
    statement.execute(params![study_uid, patient_id, node, series_uid, instances])?;
    Ok(())
}

/// By Study Instance UID and Patient ID.
type Listed = HashMap<(String, String), Vec<NodeListing>>;

fn read(connection: &Connection, study_uid: Option<&str>) -> Result<Listed, ArchiveError> {
    let mut statement = connection.prepare_cached(
        "SELECT study_uid, patient_id, node, series_uid, instances FROM listed
         WHERE ?1 IS NULL OR study_uid = ?1 ORDER BY study_uid, patient_id, node, series_uid",
    )?;
    let mut rows = statement.query([study_uid])?;
    let mut all = Listed::new();
    while let Some(row) = rows.next()? {
        let (node, series_uid): (String, String) = (row.get(2)?, row.get(3)?);
        let instances: u32 = row.get(4)?;
        let listings = all.entry((row.get(0)?, row.get(1)?)).or_default();
        if listings.last().is_none_or(|last| last.node != node) {
            listings.push(NodeListing {
                node,
                ..NodeListing::default()
            });
        }
        let Some(listing) = listings.last_mut() else {
            continue;
        };
        if series_uid.is_empty() {
            listing.count = instances;
        } else {
            listing.series.insert(series_uid, instances);
        }
    }
    Ok(all)
}
