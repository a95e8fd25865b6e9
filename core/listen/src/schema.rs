//! The room's tables and their migrations, in the order in which they are applied.
//!
//! A play is a narrow row of numbers; everything textual about it stands once in the work, credit and via it points
//! to. So an import writes little, and a question about a million plays reads little. A play belongs to the batch that
//! brought it; the batch's state alone says whether it is in the log, so accepting a batch changes one row.

use tekram_vault::RoomSchema;

/// Tables of the `listen` room.
pub const SCHEMA: RoomSchema = RoomSchema {
    room: "listen",
    migrations: &[
        MIGRATION_BATCHES,
        MIGRATION_PLAYS,
        MIGRATION_PEN,
        MIGRATION_INDEX,
        MIGRATION_THUMBS,
        MIGRATION_CAPTURE,
        MIGRATION_IDENTITY,
        MIGRATION_SAME_PLAY,
        MIGRATION_FEEDS,
        MIGRATION_QUIET,
        MIGRATION_COUNTING,
        MIGRATION_PROGRESS,
    ],
};

// `first_play_id` and `last_play_id` enclose the ids of the batch's plays: deleting and previewing need no index of
// their own, and an id is not given twice although plays get deleted (batches are not).
const MIGRATION_BATCHES: &str = "
CREATE TABLE listen_batch (
    batch_id INTEGER PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('importing', 'held', 'accepted', 'rejected', 'undone')),
    format TEXT NOT NULL,
    file_name TEXT NOT NULL DEFAULT '',
    started_ms INTEGER NOT NULL,
    decided_ms INTEGER NOT NULL DEFAULT 0,
    read_count INTEGER NOT NULL DEFAULT 0,
    new_count INTEGER NOT NULL DEFAULT 0,
    duplicate_count INTEGER NOT NULL DEFAULT 0,
    refused_count INTEGER NOT NULL DEFAULT 0,
    listen_count INTEGER NOT NULL DEFAULT 0,
    first_play_id INTEGER NOT NULL DEFAULT 0,
    last_play_id INTEGER NOT NULL DEFAULT 0
) STRICT;
";

// `played_how`: 0 unknown, 1 total, 2 exact ranges (in `ranges`, JSON), 3 and up an estimate by a rule.
// `marks`: bit 0 skipped, bit 1 private session, bit 2 offline, bit 3 told again, bit 4 hidden, bit 5 too short to count as
// a play.
// The one index on plays finds a duplicate and answers by time; exports are in order of time, so it grows at its end.
const MIGRATION_PLAYS: &str = "
CREATE TABLE listen_credit (
    credit_id INTEGER PRIMARY KEY NOT NULL,
    credit_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    feed_url TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE listen_work (
    work_id INTEGER PRIMARY KEY NOT NULL,
    work_hash BLOB NOT NULL UNIQUE,
    credit_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    creators TEXT NOT NULL DEFAULT '[]',
    show TEXT NOT NULL DEFAULT '',
    publisher TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    feed_url TEXT NOT NULL DEFAULT '',
    feed_guid TEXT NOT NULL DEFAULT '',
    item_guid TEXT NOT NULL DEFAULT '',
    isrc TEXT NOT NULL DEFAULT '',
    recording_mbid TEXT NOT NULL DEFAULT '',
    release_mbid TEXT NOT NULL DEFAULT '',
    artist_mbids TEXT NOT NULL DEFAULT '[]',
    spotify_uri TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE listen_via (
    via_id INTEGER PRIMARY KEY NOT NULL,
    source TEXT NOT NULL,
    service TEXT NOT NULL DEFAULT '',
    player TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    client TEXT NOT NULL DEFAULT '',
    UNIQUE (source, service, player, device, client)
) STRICT;
CREATE TABLE listen_play (
    play_id INTEGER PRIMARY KEY NOT NULL,
    start_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    batch_id INTEGER NOT NULL,
    work_id INTEGER NOT NULL,
    via_id INTEGER NOT NULL,
    record INTEGER NOT NULL DEFAULT 0,
    played_how INTEGER NOT NULL DEFAULT 0,
    played_ms INTEGER,
    media_ms INTEGER,
    offset_min INTEGER,
    marks INTEGER NOT NULL DEFAULT 0,
    ranges TEXT
) STRICT;
CREATE UNIQUE INDEX listen_play_moment ON listen_play (start_ms, fingerprint);
";

// `listen_evidence`: this batch's file tells of the play too, though another batch brought it first.
// `listen_action`: an action of a podcast player that went into the play of one sitting (or into none: `play_id` 0).
const MIGRATION_PEN: &str = "
CREATE TABLE listen_evidence (
    batch_id INTEGER NOT NULL,
    play_id INTEGER NOT NULL,
    PRIMARY KEY (batch_id, play_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_action (
    fingerprint BLOB PRIMARY KEY NOT NULL,
    batch_id INTEGER NOT NULL,
    play_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_refused (
    batch_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    file TEXT NOT NULL DEFAULT '',
    line INTEGER NOT NULL,
    record INTEGER NOT NULL,
    reason TEXT NOT NULL,
    field TEXT NOT NULL DEFAULT '',
    excerpt TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_subscription (
    batch_id INTEGER NOT NULL,
    feed_key TEXT NOT NULL,
    feed_url TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    site_url TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, feed_key)
) STRICT, WITHOUT ROWID;
";

// What makes searching quick: the words of works, and the plays of each work in order of time. Both are filled after
// an import, up to the numbers in `listen_index` (`log/index.rs`): kept by the import itself, they would double its time.
// Deleting keeps them right by itself. The number of a deleted work can be given again, unlike a play's.
const MIGRATION_INDEX: &str = "
CREATE VIRTUAL TABLE listen_words USING fts5(
    title, creators, show, publisher,
    content = '', contentless_delete = 1, prefix = '2', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE listen_work_play (
    work_id INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    play_id INTEGER NOT NULL,
    PRIMARY KEY (work_id, start_ms, play_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_index (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    work_id INTEGER NOT NULL DEFAULT 0,
    play_id INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO listen_index (only_row, work_id, play_id) VALUES (1, 0, 0);
CREATE TRIGGER listen_work_gone AFTER DELETE ON listen_work BEGIN
    DELETE FROM listen_words WHERE rowid = old.work_id;
    UPDATE listen_index SET work_id = (SELECT coalesce(max(w.work_id), 0) FROM listen_work w)
    WHERE work_id > (SELECT coalesce(max(w.work_id), 0) FROM listen_work w);
END;
CREATE TRIGGER listen_play_gone AFTER DELETE ON listen_play BEGIN
    DELETE FROM listen_work_play
    WHERE work_id = old.work_id AND start_ms = old.start_ms AND play_id = old.play_id;
END;
CREATE TRIGGER listen_play_other_work AFTER UPDATE OF work_id, start_ms ON listen_play BEGIN
    DELETE FROM listen_work_play
    WHERE work_id = old.work_id AND start_ms = old.start_ms AND play_id = old.play_id;
    INSERT OR IGNORE INTO listen_work_play (work_id, start_ms, play_id)
    SELECT new.work_id, new.start_ms, new.play_id FROM listen_index i WHERE i.play_id >= new.play_id;
END;
";

// By fingerprint alone, so that a thumb outlives its play: a play that comes back with another import has it again.
const MIGRATION_THUMBS: &str = "
CREATE TABLE listen_thumb (
    fingerprint BLOB PRIMARY KEY NOT NULL,
    thumb INTEGER NOT NULL CHECK (thumb IN (-1, 1)),
    rated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

// `listen_session`: what a player is in the middle of, as the machine's own JSON.
const MIGRATION_CAPTURE: &str = "
CREATE TABLE listen_app (
    app TEXT PRIMARY KEY NOT NULL,
    allowed INTEGER NOT NULL DEFAULT 0 CHECK (allowed IN (0, 1)),
    last_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_session (
    app TEXT NOT NULL,
    session TEXT NOT NULL,
    state TEXT NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (app, session)
) STRICT, WITHOUT ROWID;
";

// `identity_id`: the one work over all sources; 0 until it is worked out (`identity/step.rs`). `text_key`: what the title
// and the maker come to, 0 for none. `lead_work_id`: the description that says best what the work is. `is_named`: it has a
// name that tells it from works of the same text. `role` of a key: `Role` in `identity/keys.rs`.
// `listen_identity_due`: keys that tied a description which is gone to others.
// The index leaves out what an import writes, so that it costs the import nothing.
const MIGRATION_IDENTITY: &str = "
ALTER TABLE listen_work ADD COLUMN identity_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE listen_work ADD COLUMN text_key INTEGER NOT NULL DEFAULT 0;
CREATE INDEX listen_work_identity ON listen_work (identity_id) WHERE identity_id <> 0;
CREATE TABLE listen_identity (
    identity_id INTEGER PRIMARY KEY NOT NULL,
    lead_work_id INTEGER NOT NULL,
    is_named INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE listen_work_key (
    work_id INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    role INTEGER NOT NULL,
    PRIMARY KEY (work_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX listen_work_key_hash ON listen_work_key (hash);
CREATE TABLE listen_identity_due (
    hash INTEGER PRIMARY KEY NOT NULL
) STRICT;
CREATE TABLE listen_identity_index (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    work_id INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO listen_identity_index (only_row, work_id) VALUES (1, 0);
CREATE TRIGGER listen_work_key_gone AFTER DELETE ON listen_work BEGIN
    INSERT OR IGNORE INTO listen_identity_due (hash)
    SELECT k.hash FROM listen_work_key k WHERE k.work_id = old.work_id
    AND EXISTS (SELECT 1 FROM listen_work_key o WHERE o.hash = k.hash AND o.work_id <> old.work_id);
    DELETE FROM listen_work_key WHERE work_id = old.work_id;
    DELETE FROM listen_identity WHERE identity_id = old.identity_id
    AND NOT EXISTS (SELECT 1 FROM listen_work w WHERE w.identity_id = old.identity_id AND w.identity_id <> 0);
    UPDATE listen_identity_index SET work_id = (SELECT coalesce(max(w.work_id), 0) FROM listen_work w)
    WHERE work_id > (SELECT coalesce(max(w.work_id), 0) FROM listen_work w);
END;
";

// `feed_url` as the person gave it; `moved_url` where it moved for good. `etag` and `last_modified` belong to the address
// that gave them. A feed that was let go keeps its key and `removed`, so that a list does not bring it back.
// `order_ms`: when an episode was published, else about when it was first seen. `value` and `inline_chapters`: as found, as
// JSON; `chapters`: those of a file that was fetched.
const MIGRATION_FEEDS: &str = "
CREATE TABLE listen_feed (
    feed_id INTEGER PRIMARY KEY NOT NULL,
    feed_key TEXT NOT NULL UNIQUE,
    feed_url TEXT NOT NULL DEFAULT '',
    moved_url TEXT NOT NULL DEFAULT '',
    by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)),
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    added_ms INTEGER NOT NULL DEFAULT 0,
    checked_ms INTEGER NOT NULL DEFAULT 0,
    changed_ms INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    facts TEXT NOT NULL DEFAULT '{}',
    podcast_guid TEXT NOT NULL DEFAULT '',
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    validator_url TEXT NOT NULL DEFAULT '',
    body_sha256 BLOB
) STRICT;
CREATE TABLE listen_episode (
    episode_id INTEGER PRIMARY KEY NOT NULL,
    feed_id INTEGER NOT NULL,
    guid TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '',
    page_url TEXT NOT NULL DEFAULT '',
    image_url TEXT NOT NULL DEFAULT '',
    enclosure_url TEXT NOT NULL DEFAULT '',
    enclosure_type TEXT NOT NULL DEFAULT '',
    enclosure_bytes INTEGER,
    duration_ms INTEGER,
    published_ms INTEGER,
    chapters_url TEXT NOT NULL DEFAULT '',
    value TEXT NOT NULL DEFAULT '[]',
    inline_chapters TEXT NOT NULL DEFAULT '',
    chapters TEXT NOT NULL DEFAULT '',
    first_seen_ms INTEGER NOT NULL,
    order_ms INTEGER NOT NULL,
    UNIQUE (feed_id, guid)
) STRICT;
CREATE INDEX listen_episode_of_feed ON listen_episode (feed_id, order_ms);
CREATE INDEX listen_episode_by_time ON listen_episode (order_ms);
CREATE INDEX listen_episode_by_medium ON listen_episode (feed_id, enclosure_url);
";

// `listen_same_play`: a play that is only evidence of another one, which knows more. What is due to be looked at: stretches
// of time, accepted batches, and works whose identity changed. A play whose leading one is deleted is in the log again.
const MIGRATION_SAME_PLAY: &str = "
CREATE TABLE listen_same_play (
    play_id INTEGER PRIMARY KEY NOT NULL,
    lead_play_id INTEGER NOT NULL
) STRICT;
CREATE INDEX listen_same_play_lead ON listen_same_play (lead_play_id);
CREATE TABLE listen_same_due (
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    PRIMARY KEY (from_ms, to_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_same_due_batch (
    batch_id INTEGER PRIMARY KEY NOT NULL
) STRICT;
CREATE TABLE listen_same_due_work (
    work_id INTEGER PRIMARY KEY NOT NULL
) STRICT;
INSERT INTO listen_same_due_batch (batch_id) SELECT batch_id FROM listen_batch WHERE state = 'accepted';
CREATE TRIGGER listen_play_told_gone AFTER DELETE ON listen_play BEGIN
    UPDATE listen_play SET marks = marks & ~8
    WHERE play_id IN (SELECT play_id FROM listen_same_play WHERE lead_play_id = old.play_id);
    INSERT OR IGNORE INTO listen_same_due (from_ms, to_ms)
    SELECT old.start_ms, old.start_ms FROM listen_same_play WHERE lead_play_id = old.play_id LIMIT 1;
    DELETE FROM listen_same_play WHERE lead_play_id = old.play_id;
    DELETE FROM listen_same_play WHERE play_id = old.play_id;
END;
";

// `listen_quiet`: when the log was paused or what was heard was private; `until_ms` is the largest number while nobody
// said when. `listen_recorded`: a recording of what players told, as the events' own JSON, while one is made.
const MIGRATION_QUIET: &str = "
CREATE TABLE listen_quiet (
    quiet_id INTEGER PRIMARY KEY NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('paused', 'private')),
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE listen_recording (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    running INTEGER NOT NULL CHECK (running IN (0, 1)),
    started_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE listen_recorded (
    seq INTEGER PRIMARY KEY NOT NULL,
    event TEXT NOT NULL
) STRICT;
";

// `listen_counting`: rules of what counts as a play, where the person changed them; no `least_ms`: never.
// `listen_counting_mark`: up to which play they are marked by the rules, of those that were there when the rules changed.
const MIGRATION_COUNTING: &str = "
CREATE TABLE listen_counting (
    kind TEXT PRIMARY KEY NOT NULL,
    least_ms INTEGER,
    share_permille INTEGER NOT NULL,
    enough_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_counting_mark (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    done_play_id INTEGER NOT NULL,
    until_play_id INTEGER NOT NULL
) STRICT;
INSERT INTO listen_counting_mark (only_row, done_play_id, until_play_id)
SELECT 1, 0, coalesce(max(p.play_id), 0) FROM listen_play p;
";

// `listen_progress`: how much of an episode a player said was played in all when its database was exported, and the play
// that the last part of it went into; the next export tells of the difference.
const MIGRATION_PROGRESS: &str = "
CREATE TABLE listen_progress (
    item BLOB NOT NULL,
    batch_id INTEGER NOT NULL,
    total_ms INTEGER NOT NULL,
    play_id INTEGER NOT NULL,
    PRIMARY KEY (item, batch_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE listen_subscription ADD COLUMN payment_url TEXT NOT NULL DEFAULT '';
";
