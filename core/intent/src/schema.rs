//! Tables of this room.

use tekram_vault::RoomSchema;

/// Tables and migrations of this room, for opening a vault.
pub const SCHEMA: RoomSchema = RoomSchema {
    room: "intent",
    migrations: &[
        // One draw of noise for each place. Rows are never changed or deleted: a second draw would tell more than one.
        "CREATE TABLE intent_noise (
            id INTEGER NOT NULL PRIMARY KEY,
            lat REAL NOT NULL,
            lon REAL NOT NULL,
            noisy_lat REAL NOT NULL,
            noisy_lon REAL NOT NULL,
            drawn_ms INTEGER NOT NULL
        ) STRICT",
        "CREATE TABLE intent_place (
            name TEXT NOT NULL PRIMARY KEY,
            noise_id INTEGER NOT NULL REFERENCES intent_noise (id)
        ) STRICT",
        "CREATE TABLE intent_intent (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            reach TEXT NOT NULL,
            demand TEXT NOT NULL,
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            event TEXT NOT NULL DEFAULT '',
            event_id TEXT NOT NULL DEFAULT '',
            content_sha256 TEXT NOT NULL DEFAULT '',
            published_ms INTEGER NOT NULL DEFAULT 0,
            deletion TEXT NOT NULL DEFAULT '',
            deletion_published_ms INTEGER NOT NULL DEFAULT 0,
            secret BLOB NOT NULL DEFAULT x''
        ) STRICT",
        // One live offer for each seller; a newer one takes its place.
        "CREATE TABLE intent_offer (
            intent_id TEXT NOT NULL REFERENCES intent_intent (id),
            seller TEXT NOT NULL,
            id TEXT NOT NULL,
            seller_name TEXT NOT NULL,
            seller_nostr TEXT NOT NULL,
            item TEXT NOT NULL,
            gtin TEXT NOT NULL DEFAULT '',
            price_minor INTEGER NOT NULL,
            asset TEXT NOT NULL,
            stock INTEGER NOT NULL,
            cell TEXT NOT NULL DEFAULT '',
            valid_until_ms INTEGER NOT NULL,
            sent_ms INTEGER NOT NULL,
            received_ms INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (intent_id, seller)
        ) STRICT, WITHOUT ROWID",
        // What was looked at already, by event id, so that it is opened and counted once.
        "CREATE TABLE intent_wrap (
            intent_id TEXT NOT NULL,
            event_id BLOB NOT NULL,
            PRIMARY KEY (intent_id, event_id)
        ) STRICT, WITHOUT ROWID",
        "CREATE TABLE intent_refused (
            intent_id TEXT NOT NULL,
            reason TEXT NOT NULL,
            times INTEGER NOT NULL,
            last_ms INTEGER NOT NULL,
            PRIMARY KEY (intent_id, reason)
        ) STRICT, WITHOUT ROWID",
        "CREATE TABLE intent_acceptance (
            commitment_id TEXT NOT NULL PRIMARY KEY,
            intent_id TEXT NOT NULL REFERENCES intent_intent (id),
            offer_id TEXT NOT NULL,
            seller TEXT NOT NULL,
            seller_nostr TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '',
            accepted_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            sent_ms INTEGER NOT NULL DEFAULT 0,
            answered_ms INTEGER NOT NULL DEFAULT 0,
            secret BLOB NOT NULL DEFAULT x'',
            offer BLOB NOT NULL,
            commitment BLOB NOT NULL,
            agreement BLOB NOT NULL,
            agreement_by_both BLOB NOT NULL DEFAULT x'',
            wrap TEXT NOT NULL
        ) STRICT",
        // A second acceptance is possible only after the seller refused the first.
        "CREATE UNIQUE INDEX intent_acceptance_once ON intent_acceptance (intent_id) WHERE state <> 'refused'",
    ],
};
