//! What administrators did with other people's assets.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::{Table, key, number, text};
use quayside_domain::{Asset, Error, Result, Subject};

impl Table {
    /// The write that adds to the asset's history who brought it to its present state.
    pub(super) fn add_to_history(&self, after: &Asset, by: &Subject) -> Result<TransactWriteItem> {
        // The version tells apart what happens within a millisecond.
        let sk = format!("EVENT#{}#{}", after.updated_at, after.version);
        let mut item = key(format!("ASSET#{}", after.id), sk);
        item.insert("by".to_owned(), text(by));
        item.insert("status".to_owned(), text(after.status));
        item.insert("version".to_owned(), number(after.version));
        let put = Put::builder().table_name(&self.name).set_item(Some(item)).build();
        Ok(TransactWriteItem::builder().put(put.map_err(|error| Error::Internal(error.into()))?).build())
    }
}
