//! What a list asks of the table, as a pure plan: which partitions, in which order, and what is left to filter.
//!
//! All partitions of a plan have the same sort key, so they are merged with one position for all of them.

use super::asset::{Asset, Status};
use super::error::{Error, Result};
use super::index::{Scope, facet, fold, list_sort, name_key, tag_kind, tag_partition};
use super::media_type::Kind;

/// In which order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// Newest first; in the trash, by the time of deletion.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By name.
    Name,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::Name];

    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Name => "name",
        }
    }
}

/// Which assets of a scope.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those in this status. Deleted ones are in no other list.
    pub status: Option<Status>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those whose name begins so, in whatever case.
    pub name: Option<String>,
    /// In which order.
    pub order: Order,
}

/// Which index, or which entries, a plan reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// All that is alive in the scope, by id; whole records.
    All,
    /// One kind in one status, by [`list_sort`]; whole records.
    Facet,
    /// By [`name_key`]; ids alone.
    Name,
    /// Entries of a tag, by kind and id; ids alone.
    Tag,
}

/// What to read. What the source does not answer is filtered by [`Filter::admits`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Where.
    pub source: Source,
    /// Partitions, each with what its sort keys begin with, which is no part of a position.
    pub partitions: Vec<(String, String)>,
    /// What the sort keys have to begin with behind that.
    pub prefix: String,
    /// Whether the greatest sort key comes first.
    pub descending: bool,
}

const KINDS: [Kind; 5] = [Kind::Image, Kind::Video, Kind::Audio, Kind::Document, Kind::Unknown];
const LIVING: [Status; 5] =
    [Status::AwaitingUpload, Status::Ingesting, Status::Uploaded, Status::Ready, Status::Failed];

impl Filter {
    /// How the assets are found that the filter asks for in `scope`.
    ///
    /// # Errors
    /// `invalid_sort` for the trash by name.
    pub fn plan(&self, scope: &Scope) -> Result<Plan> {
        let in_trash = self.status == Some(Status::Deleted);
        if in_trash && self.order == Order::Name {
            let detail = "The trash is sorted by time of deletion: sort must be newest or oldest.";
            return Err(Error::invalid("invalid_sort", "sort", detail));
        }
        let descending = self.order == Order::Newest;
        let whole_scope = || match scope {
            Scope::Owner(owner) => owner.to_string(),
            Scope::Project(project) => project.to_string(),
        };
        // The name index is for those who ask for its order; a beginning of a name in another order is found in it and
        // cannot be sorted, so it decides the order too.
        if !in_trash && (self.order == Order::Name || self.name.is_some()) {
            return Ok(Plan {
                source: Source::Name,
                partitions: vec![(whole_scope(), String::new())],
                prefix: self.name.as_deref().map(fold).unwrap_or_default(),
                descending: false,
            });
        }
        let of_kind = || self.kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind]);
        if let Some(tag) = &self.tag
            && matches!(self.status, None | Some(Status::Ready))
        {
            let partition = tag_partition(scope, tag);
            let partitions = of_kind().into_iter().map(|kind| (partition.clone(), tag_kind(kind))).collect();
            return Ok(Plan { source: Source::Tag, partitions, prefix: String::new(), descending });
        }
        if self.kind.is_none() && self.status.is_none() {
            let partitions = vec![(whole_scope(), String::new())];
            return Ok(Plan { source: Source::All, partitions, prefix: String::new(), descending });
        }
        let statuses = self.status.map_or_else(|| LIVING.to_vec(), |status| vec![status]);
        let facets = of_kind().into_iter().flat_map(|kind| {
            statuses.iter().map(move |status| (facet(scope, kind, *status), String::new())).collect::<Vec<_>>()
        });
        Ok(Plan { source: Source::Facet, partitions: facets.collect(), prefix: String::new(), descending })
    }

    /// Whether a record is one of those that are asked for.
    pub fn admits(&self, asset: &Asset) -> bool {
        let status = asset.status();
        let begins = |name: &String| fold(asset.name.as_str()).starts_with(&fold(name));
        self.status.map_or(status != Status::Deleted, |wanted| wanted == status)
            && self.kind.is_none_or(|kind| kind == asset.kind)
            && self.tag.as_ref().is_none_or(|tag| asset.tags.as_slice().contains(tag))
            && self.name.as_ref().is_none_or(begins)
    }
}

impl Source {
    /// Whether it has the records themselves, and not their ids alone.
    pub fn has_records(self) -> bool {
        matches!(self, Self::All | Self::Facet)
    }

    /// Where a record stands among what the source has.
    pub fn position(self, asset: &Asset) -> String {
        match self {
            Self::All | Self::Tag => asset.id.to_string(),
            Self::Facet => list_sort(asset),
            Self::Name => name_key(asset),
        }
    }
}
