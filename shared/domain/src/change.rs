//! A change of a record, as a transition describes it and the table writes it: only the attributes that differ, on
//! condition that what the change rests on still holds.

use super::asset::Asset;
use super::event::EventKind;
use super::index::tag_entries;

/// What a write has to find in the record. Whatever else has changed since it was read stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// The record as it was read: for whoever acts because of what is due.
    Version,
    /// The same stage: for a request that moves an asset on, whatever people edit meanwhile.
    Stage,
    /// The same stage and the same claim, or still none: for a worker.
    Claim,
    /// The same stage and the same revision: for a person's edit, whatever workers write meanwhile.
    Revision,
}

/// A change of an asset's record. Only the transitions of [`life`](super::life) make one.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    pub(super) before: Asset,
    pub(super) after: Asset,
    pub(super) guard: Guard,
    pub(super) event: Option<EventKind>,
}

impl Change {
    /// The record as it was read.
    pub fn before(&self) -> &Asset {
        &self.before
    }

    /// The record as it will be, as far as it was read.
    pub fn after(&self) -> &Asset {
        &self.after
    }

    /// The record as it will be, as far as it was read.
    pub fn into_after(self) -> Asset {
        self.after
    }

    /// What the write has to find.
    pub fn guard(&self) -> Guard {
        self.guard
    }

    /// The event that tells of it; housekeeping has none.
    pub fn event(&self) -> Option<EventKind> {
        self.event
    }

    /// Whether entries of the asset's move, which depend on its tags. Then the write has to find the same revision.
    pub fn moves_entries(&self) -> bool {
        tag_entries(&self.before) != tag_entries(&self.after)
    }
}
