//! Which addresses connections are made to: those alone that were judged a moment before, and of a name all or none.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use quayside_domain::SourceRules;
use quayside_domain::source::Forbidden;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks up a name's addresses.
pub(crate) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The look-up of the system that this runs on.
pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Looks up names for a connector, which connects to what it is given and looks up nothing itself. A name that means
/// something else the next time is judged by that then.
pub(crate) struct Guard {
    pub(crate) rules: SourceRules,
    pub(crate) lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, found) = (self.rules.clone(), (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = found.await?;
            vet(&rules, &found)?;
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found) as Addrs)
        })
    }
}

/// One address that is forbidden spoils the name: its other addresses are there to get it through.
fn vet(rules: &SourceRules, addresses: &[IpAddr]) -> Result<(), Forbidden> {
    addresses.iter().try_for_each(|address| rules.vet(*address))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::sync::Mutex;

    use super::*;

    /// A look-up that gives these addresses, one list after the other.
    pub(crate) fn lying(answers: &[&[&str]]) -> Lookup {
        let parse = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        let answers: Vec<Vec<IpAddr>> = answers.iter().rev().map(parse).collect();
        let answers = Mutex::new(answers);
        Arc::new(move |_| {
            let answer = answers.lock().unwrap().pop().unwrap();
            Box::pin(async move { Ok(answer) })
        })
    }

    async fn resolve(guard: &Guard) -> Result<Vec<IpAddr>, Option<Forbidden>> {
        match guard.resolve("media.example".parse().unwrap()).await {
            Ok(found) => Ok(found.map(|address| address.ip()).collect()),
            Err(error) => Err(error.downcast_ref::<Forbidden>().copied()),
        }
    }

    fn guard(answers: &[&[&str]]) -> Guard {
        let rules = SourceRules { ports: vec![80, 443], allowed: Vec::new(), denied: Vec::new(), loopback: false };
        Guard { rules, lookup: lying(answers) }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_means_at_this_moment() {
        let guard = guard(&[&["93.184.216.34"], &["127.0.0.1"], &["2606:4700::1", "1.1.1.1"]]);
        assert_eq!(resolve(&guard).await.unwrap(), ["93.184.216.34".parse::<IpAddr>().unwrap()]);
        assert_eq!(resolve(&guard).await, Err(Some(Forbidden::Address)));
        assert_eq!(resolve(&guard).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn one_private_address_among_public_ones_spoils_the_name() {
        for bad in ["10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00:ec2::254", "64:ff9b::a00:1"] {
            assert_eq!(resolve(&guard(&[&["1.1.1.1", bad]])).await, Err(Some(Forbidden::Address)), "{bad}");
            assert_eq!(resolve(&guard(&[&[bad, "1.1.1.1"]])).await, Err(Some(Forbidden::Address)), "{bad}");
        }
    }
}
