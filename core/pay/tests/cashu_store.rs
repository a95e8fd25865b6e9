//! The wallet database over the vault passes the suite that `cdk` has for every wallet database, and keeps what it
//! acknowledged over a lock and an unlock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use cdk_common::database::wallet::test;
use cdk_common::wallet_db_test;
use tekram_pay::cashu::VaultWalletStore;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::SystemClock;
use tekram_vault::{Store, Vault};

fn passphrase() -> Passphrase {
    Passphrase::from("correct horse battery staple")
}

fn new_vault(folder: &std::path::Path) -> Vault {
    Store::open(folder)
        .unwrap()
        .create("Home", &passphrase(), &[tekram_pay::SCHEMA], &SystemClock)
        .unwrap()
}

async fn new_store(test: String) -> VaultWalletStore {
    // The suite owns the store and cannot hold a folder's guard: one folder for each test, emptied when it begins.
    let name = test
        .trim_start_matches("test_")
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cashu_store")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    VaultWalletStore::new(new_vault(&folder))
}

wallet_db_test!(new_store);

#[tokio::test]
async fn p2pk_keys_pass_cdks_tests_too() {
    test::add_and_get_p2pk_key(new_store("p2pk_add_and_get".to_owned()).await).await;
    test::list_p2pk_keys_empty(new_store("p2pk_empty".to_owned()).await).await;
    test::list_p2pk_keys_multiple(new_store("p2pk_multiple".to_owned()).await).await;
    test::latest_p2pk_empty(new_store("p2pk_latest_empty".to_owned()).await).await;
    test::latest_p2pk_with_keys(new_store("p2pk_latest".to_owned()).await).await;
}
