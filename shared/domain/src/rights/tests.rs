#![expect(clippy::unwrap_used, reason = "a test may stop at once")]
use super::*;
use crate::asset::Declaration;
use crate::{AssetId, ByteSize, FileName, MediaType, Strategy, Subject, Tags, Timestamp, Upload as UploadPlan};

fn caller(sub: &str, roles: &[&str]) -> Caller {
    let roles: Vec<_> = roles.iter().map(|&role| role.to_owned()).collect();
    Caller::from_verified_claims(Subject::parse(sub).unwrap(), &roles)
}

fn asset_of(owner: &Caller) -> Asset {
    let now = Timestamp::now();
    let declared = Declaration {
        name: FileName::parse("a.png").unwrap(),
        content_type: MediaType::parse("image/png").unwrap(),
        size: ByteSize::new(1).unwrap(),
        sha256: None,
        tags: Tags::default(),
        keep_location: false,
    };
    Asset::begin(
        owner,
        AssetId::generate(),
        None,
        declared,
        UploadPlan { strategy: Strategy::Single, expires_at: now },
        now,
    )
}

#[test]
fn the_table_has_one_row_for_each_action() {
    for action in Action::ALL {
        assert_eq!(RIGHTS.iter().filter(|(of, _)| *of == action).count(), 1, "{action:?}");
    }
    assert_eq!(RIGHTS.len(), Action::ALL.len());
}

#[test]
fn whoever_may_do_anything_with_an_asset_may_see_it() {
    let standings = [Standing::Stranger, Standing::Owner, Standing::Administrator];
    for standing in standings.into_iter().chain(Role::ALL.map(Standing::Member)) {
        let sees = Action::View.verdict(standing) == Verdict::Allowed;
        for action in Action::ON_ASSETS {
            assert_eq!(action.verdict(standing) == Verdict::Hidden, !sees, "{action:?} {standing:?}");
        }
    }
}

#[test]
fn a_stranger_sees_a_foreign_asset_as_missing() {
    let asset = asset_of(&caller("ada", &[]));
    let stranger = caller("bob", &["other:role", "media:administrator"]);
    assert!(matches!(stranger.authorize::<Edit>(asset.clone(), None), Err(Error::NotFound)));
    assert!(matches!(stranger.authorize::<View>(asset, None), Err(Error::NotFound)));
}

#[test]
fn a_members_role_says_what_it_may_do() {
    let asset = asset_of(&caller("ada", &[]));
    let member = caller("bob", &[]);
    for (role, changes) in [(Role::Viewer, false), (Role::Contributor, false), (Role::Manager, true)] {
        assert!(member.authorize::<View>(asset.clone(), Some(role)).is_ok());
        match member.authorize::<Edit>(asset.clone(), Some(role)) {
            Ok(_) => assert!(changes),
            Err(error) => assert!(!changes && matches!(error, Error::Forbidden(_))),
        }
    }
}

#[test]
fn what_only_an_administrator_may_do_is_the_act_of_an_operator() {
    let ada = caller("ada", &["media:admin"]);
    let of = |asset| ada.authorize::<Edit>(asset, None).unwrap().actor().by.to_string();
    assert_eq!(of(asset_of(&ada)), "user:ada");
    assert_eq!(of(asset_of(&caller("bob", &[]))), "operator:ada");
}

#[test]
fn what_an_asset_can_is_what_its_caller_may_do() {
    let asset = asset_of(&caller("ada", &[]));
    let viewer = caller("bob", &[]).authorize::<View>(asset.clone(), Some(Role::Viewer)).unwrap();
    assert_eq!(viewer.can(), [Action::View]);
    assert_eq!(caller("ada", &[]).authorize::<View>(asset, None).unwrap().can(), Action::ON_ASSETS);
}

#[test]
fn each_role_may_do_what_its_description_says() {
    let may = |standing| Action::ALL.into_iter().filter(move |action| action.verdict(standing) == Verdict::Allowed);
    let all = |standing| may(standing).collect::<Vec<_>>();
    assert_eq!(all(Standing::Stranger), []);
    assert_eq!(all(Standing::Member(Role::Viewer)), [Action::View, Action::List]);
    assert_eq!(all(Standing::Member(Role::Contributor)), [Action::View, Action::List, Action::UploadInto]);
    let asset_and_project = [&Action::ON_ASSETS[..], &[Action::List, Action::UploadInto]].concat();
    assert_eq!(all(Standing::Member(Role::Manager)), asset_and_project);
    assert_eq!(all(Standing::Owner), [&Action::ON_ASSETS[..], &[Action::Revoke]].concat());
    assert_eq!(all(Standing::Administrator), Action::ALL);
}
