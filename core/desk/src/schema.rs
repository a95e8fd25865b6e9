//! Tables of the desk, and the list of all rooms in its vault.

use tekram_vault::RoomSchema;

/// Tables and migrations of the desk itself.
pub const SCHEMA: RoomSchema = RoomSchema {
    room: "desk",
    migrations: &[
        // The card that is being handed out, and what it was made from.
        "CREATE TABLE desk_card (
            only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
            basis TEXT NOT NULL,
            record BLOB NOT NULL
        ) STRICT",
        // One answer for each intent event. The offer's bytes go when it can no longer be accepted.
        "CREATE TABLE desk_answer (
            intent_event TEXT NOT NULL PRIMARY KEY,
            author TEXT NOT NULL,
            offer_id TEXT NOT NULL UNIQUE,
            offer BLOB NOT NULL,
            item_key TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            valid_until_ms INTEGER NOT NULL,
            intent_until_ms INTEGER NOT NULL
        ) STRICT",
        "CREATE INDEX desk_answer_author ON desk_answer (author)",
        // What was sold since the catalogue's number was counted.
        "CREATE TABLE desk_stock (
            item_key TEXT NOT NULL PRIMARY KEY,
            counted INTEGER NOT NULL CHECK (counted >= 0),
            sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0)
        ) STRICT, WITHOUT ROWID",
        "CREATE TABLE desk_order (
            commitment_id TEXT NOT NULL PRIMARY KEY,
            offer_id TEXT NOT NULL,
            sender TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('taken', 'confirmed', 'refused')),
            reason TEXT NOT NULL DEFAULT '',
            commitment BLOB NOT NULL,
            agreement BLOB NOT NULL,
            received_ms INTEGER NOT NULL,
            told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
        ) STRICT",
        "CREATE INDEX desk_order_offer ON desk_order (offer_id)",
        // An offer is sold once.
        "CREATE UNIQUE INDEX desk_order_once ON desk_order (offer_id) WHERE state <> 'refused'",
        // Written before the mint is asked. One payment for a commitment, one commitment for a token.
        "CREATE TABLE desk_payment (
            commitment_id TEXT NOT NULL PRIMARY KEY,
            token_id TEXT NOT NULL UNIQUE,
            sender TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'redeemed')),
            commitment BLOB NOT NULL,
            token TEXT NOT NULL,
            unit TEXT NOT NULL DEFAULT '',
            net_minor INTEGER NOT NULL DEFAULT 0,
            fee_minor INTEGER NOT NULL DEFAULT 0,
            receipt_id TEXT NOT NULL DEFAULT '',
            receipt BLOB NOT NULL DEFAULT x'',
            attempts INTEGER NOT NULL DEFAULT 0,
            due_ms INTEGER NOT NULL,
            received_ms INTEGER NOT NULL,
            redeemed_ms INTEGER NOT NULL DEFAULT 0,
            told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
        ) STRICT",
        "CREATE INDEX desk_payment_due ON desk_payment (due_ms) WHERE state = 'waiting'",
        // Letters to send, sealed once, so that sending again after a crash sends the same bytes.
        "CREATE TABLE desk_outbox (
            letter_no INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('offer', 'confirmation', 'refusal', 'receipt')),
            subject TEXT NOT NULL,
            receiver TEXT NOT NULL,
            wrap TEXT NOT NULL,
            published INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
            attempts INTEGER NOT NULL DEFAULT 0,
            due_ms INTEGER NOT NULL,
            until_ms INTEGER NOT NULL,
            UNIQUE (kind, subject, receiver)
        ) STRICT",
        "CREATE INDEX desk_outbox_due ON desk_outbox (due_ms) WHERE published = 0",
        // Letters that were read, by event id, and the moment until which nothing can have been missed.
        "CREATE TABLE desk_heard (
            event_id BLOB NOT NULL PRIMARY KEY,
            created_s INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID",
        "CREATE INDEX desk_heard_created ON desk_heard (created_s)",
        "CREATE TABLE desk_covered (
            only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
            until_s INTEGER NOT NULL
        ) STRICT",
        // 'sold' once an acceptance was taken; 'over' when its time ended and its bytes are gone.
        "ALTER TABLE desk_answer ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'sold', 'over'))",
        "CREATE INDEX desk_answer_state ON desk_answer (state, valid_until_ms)",
    ],
};

/// All rooms of a desk's vault.
pub const SCHEMAS: [RoomSchema; 4] = [tekram_relate::SCHEMA, tekram_intent::SCHEMA, tekram_pay::SCHEMA, SCHEMA];
