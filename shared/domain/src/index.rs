//! Where lists find an asset: the keys of the table's indexes and entries, as pure functions of the record. Parts of a
//! composite key that people choose are escaped, or stand last.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::asset::{Asset, Status};
use super::identity::{AssetId, ProjectId, Subject};
use super::media_type::Kind;
use super::timestamp::Timestamp;

/// Whose list: an owner's, or a project's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// What somebody owns.
    Owner(Subject),
    /// What is in a project.
    Project(ProjectId),
}

/// The partition of one kind and status in a scope. Kinds and statuses are words, so a subject may hold any character.
pub fn facet(scope: &Scope, kind: Kind, status: Status) -> String {
    match scope {
        Scope::Owner(owner) => format!("{kind}#{status}#{owner}"),
        Scope::Project(project) => format!("{kind}#{status}#{project}"),
    }
}

/// The place of an asset within a facet: living assets in the order of creation, deleted ones in that of deletion.
pub fn list_sort(asset: &Asset) -> String {
    match asset.deleted_at {
        Some(deleted_at) => trash_sort(deleted_at, asset.id),
        None => asset.id.to_string(),
    }
}

fn trash_sort(deleted_at: Timestamp, id: AssetId) -> String {
    format!("{:012x}-{id}", deleted_at.milliseconds())
}

/// The place of an asset in a list by name: the folded name, at most 200 bytes of it, and the id. Between them stands what
/// is less than any character of a name, so that a name comes before those that it is the beginning of.
pub fn name_key(asset: &Asset) -> String {
    format!("{}\u{1}{}", fold(asset.name.as_str()), asset.id)
}

/// A name as lists compare it: compatibility forms made one, lower case, without diacritics (Unicode Standard Annex 15,
/// NFKD), at most 200 bytes.
pub fn fold(name: &str) -> String {
    const MAX_BYTES: usize = 200;
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if folded.len() + c.len_utf8() > MAX_BYTES {
            break;
        }
        folded.push(c);
    }
    folded
}

/// The partition of a tag in a scope.
pub fn tag_partition(scope: &Scope, tag: &str) -> String {
    let tag = BASE64_URL_SAFE_NO_PAD.encode(tag);
    match scope {
        Scope::Owner(owner) => format!("TAG#O#{}#{tag}", owner.path_segment()),
        Scope::Project(project) => format!("TAG#P#{project}#{tag}"),
    }
}

/// The beginning of the entries of one kind in a tag's partition.
pub fn tag_kind(kind: Kind) -> String {
    format!("{kind}#")
}

/// The entries by which an asset is found by its tags: partition and sort key of each. A deleted asset has none.
pub fn tag_entries(asset: &Asset) -> BTreeSet<(String, String)> {
    if asset.deleted_at.is_some() {
        return BTreeSet::new();
    }
    let scopes = [Some(Scope::Owner(asset.owner.clone())), asset.project.map(Scope::Project)];
    let sort = format!("{}{}", tag_kind(asset.kind), asset.id);
    let of = |scope: Scope| asset.tags.as_slice().iter().map(move |tag| tag_partition(&scope, tag)).collect::<Vec<_>>();
    scopes.into_iter().flatten().flat_map(of).map(|partition| (partition, sort.clone())).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn owner(sub: &str) -> Scope {
        Scope::Owner(Subject::parse(sub).unwrap())
    }

    #[test]
    fn no_owner_can_name_the_partition_of_another() {
        let pairs = [("a", "b#TAG#c"), ("a#TAG#b", "c"), ("a", "b"), ("a#b", ""), ("O#a", "b"), ("a#", "b")];
        let partitions: BTreeSet<_> = pairs.iter().map(|(sub, tag)| tag_partition(&owner(sub), tag)).collect();
        assert_eq!(partitions.len(), pairs.len());
        let facets = [("ready#a", Kind::Image), ("a", Kind::Image), ("a", Kind::Video)];
        let facets: BTreeSet<_> = facets.iter().map(|(sub, kind)| facet(&owner(sub), *kind, Status::Ready)).collect();
        assert_eq!(facets.len(), 3);
    }

    #[test]
    fn names_are_compared_without_case_and_diacritics() {
        assert_eq!(fold("Été à la PLAGE.JPG"), "ete a la plage.jpg");
        assert_eq!(fold("ﬁlm"), fold("film"));
        assert!(fold(&"é".repeat(255)).len() <= 200);
        assert!(fold(&"漢".repeat(255)).len() <= 200);
    }
}
