//! Tables of this room.

use tekram_vault::RoomSchema;

/// Tables and migrations of this room, for opening a vault.
pub const SCHEMA: RoomSchema = RoomSchema {
    room: "relate",
    migrations: &[
        "CREATE TABLE relate_agreement (
            id TEXT NOT NULL PRIMARY KEY,
            party TEXT NOT NULL,
            first_party TEXT NOT NULL,
            second_party TEXT NOT NULL,
            terms_id TEXT NOT NULL,
            terms_sha256 TEXT NOT NULL,
            about TEXT NOT NULL DEFAULT '',
            follows TEXT NOT NULL DEFAULT '',
            status TEXT NOT NULL,
            proposed_ms INTEGER NOT NULL,
            decided_ms INTEGER NOT NULL DEFAULT 0,
            record BLOB NOT NULL,
            answer BLOB NOT NULL DEFAULT x''
        ) STRICT",
        "CREATE INDEX relate_agreement_pair ON relate_agreement (second_party, first_party, about)",
    ],
};
