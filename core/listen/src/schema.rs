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
        MIGRATION_ANSWERS,
        MIGRATION_EXTRACTS,
        MIGRATION_ACCOUNTS,
        MIGRATION_EDITS,
        MIGRATION_TOKENS,
        MIGRATION_PULLS,
        MIGRATION_PLAYER,
        MIGRATION_HOME_NETWORK,
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

// What the answers go by (`answer/keep.rs`), so that a question about two million plays reads a few thousand rows:
// sums by quarter of an hour and way, sums by work, and works, creators, shows and publishers (`what` 0 to 3) as one
// "entity" each, with sums and words. Filled behind an import. Triggers only note what is stale; a step then works it
// out anew from the plays, so that whatever happened to them, in whatever order, the sums are what a scan would say.
// `stretch` is `start_ms >> 26` (18.6 hours): plays are re-read by it. `quarter` counts quarters of an hour since 1970,
// on the listen's own clock when `is_local`, else in UTC; no zone in use since 2002 changes or differs by less.
// `find_id` orders by the moment an entity was heard last. The number of an unfinished import can be given again, so
// when one goes, what was filled is counted back.
const MIGRATION_ANSWERS: &str = "
CREATE TABLE listen_answer (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    play_id INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO listen_answer (only_row, play_id) VALUES (1, 0);
CREATE TABLE listen_quarter (
    stretch INTEGER NOT NULL,
    is_local INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    via_id INTEGER NOT NULL,
    listens INTEGER NOT NULL,
    plays INTEGER NOT NULL,
    unknown_plays INTEGER NOT NULL,
    played_ms INTEGER NOT NULL,
    estimated_ms INTEGER NOT NULL,
    PRIMARY KEY (stretch, is_local, quarter, via_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_work_heard (
    work_id INTEGER PRIMARY KEY NOT NULL,
    listens INTEGER NOT NULL,
    plays INTEGER NOT NULL,
    unknown_plays INTEGER NOT NULL,
    played_ms INTEGER NOT NULL,
    estimated_ms INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    first_offset_min INTEGER,
    last_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE listen_entity (
    entity_id INTEGER PRIMARY KEY NOT NULL,
    what INTEGER NOT NULL CHECK (what IN (0, 1, 2, 3)),
    entity_key TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    maker TEXT NOT NULL DEFAULT '',
    UNIQUE (what, entity_key)
) STRICT;
CREATE TABLE listen_entity_heard (
    what INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    listens INTEGER NOT NULL,
    plays INTEGER NOT NULL,
    unknown_plays INTEGER NOT NULL,
    played_ms INTEGER NOT NULL,
    estimated_ms INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    first_offset_min INTEGER,
    last_ms INTEGER NOT NULL,
    find_id INTEGER NOT NULL,
    PRIMARY KEY (what, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX listen_entity_first ON listen_entity_heard (what, first_ms, first_offset_min);
CREATE TABLE listen_work_entity (
    work_id INTEGER PRIMARY KEY NOT NULL,
    work_entity INTEGER NOT NULL,
    show_entity INTEGER NOT NULL DEFAULT 0,
    publisher_entity INTEGER NOT NULL DEFAULT 0,
    creator_entities TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE listen_entity_work (
    entity_id INTEGER NOT NULL,
    work_id INTEGER NOT NULL,
    PRIMARY KEY (entity_id, work_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE listen_find_work USING fts5(
    title, creators, show, publisher, notes,
    content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE listen_find_name USING fts5(
    name,
    content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE listen_stale_batch (
    batch_id INTEGER PRIMARY KEY NOT NULL,
    next_play_id INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE listen_stale_stretch (stretch INTEGER PRIMARY KEY NOT NULL) STRICT;
CREATE TABLE listen_stale_work (work_id INTEGER PRIMARY KEY NOT NULL) STRICT;
CREATE TABLE listen_stale_name (work_id INTEGER PRIMARY KEY NOT NULL) STRICT;
CREATE TABLE listen_stale_entity (entity_id INTEGER PRIMARY KEY NOT NULL) STRICT;
CREATE TRIGGER listen_batch_decided AFTER UPDATE OF state ON listen_batch
WHEN old.state <> new.state AND 'accepted' IN (old.state, new.state) BEGIN
    INSERT OR REPLACE INTO listen_stale_batch (batch_id, next_play_id) VALUES (new.batch_id, 0);
    INSERT OR IGNORE INTO listen_stale_name (work_id)
    SELECT w.work_id FROM listen_work w WHERE w.kind = 'podcast'
    AND EXISTS (SELECT 1 FROM listen_subscription s WHERE s.batch_id = new.batch_id);
END;
CREATE TRIGGER listen_batch_gone AFTER DELETE ON listen_batch BEGIN
    UPDATE listen_answer SET play_id = min(play_id, max(
        coalesce((SELECT max(p.play_id) FROM listen_play p), 0),
        coalesce((SELECT max(b.last_play_id) FROM listen_batch b), 0)));
    UPDATE listen_index SET play_id = min(play_id, max(
        coalesce((SELECT max(p.play_id) FROM listen_play p), 0),
        coalesce((SELECT max(b.last_play_id) FROM listen_batch b), 0)));
END;
CREATE TRIGGER listen_play_unsummed AFTER DELETE ON listen_play BEGIN
    INSERT OR IGNORE INTO listen_stale_stretch (stretch) VALUES (old.start_ms >> 26);
    INSERT OR IGNORE INTO listen_stale_work (work_id) VALUES (old.work_id);
END;
CREATE TRIGGER listen_play_other_sum
AFTER UPDATE OF start_ms, batch_id, work_id, via_id, played_how, played_ms, offset_min, marks ON listen_play BEGIN
    INSERT OR IGNORE INTO listen_stale_stretch (stretch) VALUES (old.start_ms >> 26), (new.start_ms >> 26);
    INSERT OR IGNORE INTO listen_stale_work (work_id) VALUES (old.work_id), (new.work_id);
END;
CREATE TRIGGER listen_work_other_identity AFTER UPDATE OF identity_id ON listen_work
WHEN old.identity_id <> new.identity_id BEGIN
    INSERT OR IGNORE INTO listen_stale_name (work_id) VALUES (new.work_id);
END;
CREATE TRIGGER listen_identity_other_lead AFTER UPDATE OF lead_work_id ON listen_identity
WHEN old.lead_work_id <> new.lead_work_id BEGIN
    INSERT OR IGNORE INTO listen_stale_entity (entity_id)
    SELECT e.entity_id FROM listen_entity e WHERE e.what = 0 AND e.entity_key = 'i' || new.identity_id;
END;
";

// `listen_extract`: what was signed for a party, with everything that opens it; its id is the SHA-256 of the signed part.
const MIGRATION_EXTRACTS: &str = "
CREATE TABLE listen_extract (
    extract_id TEXT PRIMARY KEY NOT NULL,
    relation TEXT NOT NULL,
    agreement TEXT NOT NULL,
    from_ms INTEGER,
    to_ms INTEGER,
    listens INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;
CREATE TABLE listen_extract_shown (
    extract_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    shown_ms INTEGER NOT NULL,
    audience TEXT NOT NULL,
    nonce TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (extract_id, seq)
) STRICT, WITHOUT ROWID;
";

// A server that listens are sent to. `up_to_play_id`: plays up to it were looked at, in batches decided up to
// `up_to_decided_ms`; both only save time, what was sent stands in `listen_sent` (`status`: 200, or the answer with which the
// server refused it for good). `listen_outbox`: what is being sent, byte for byte; `uncertain`: it may have arrived already.
const MIGRATION_ACCOUNTS: &str = "
CREATE TABLE listen_account (
    account_id INTEGER PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    user_name TEXT NOT NULL DEFAULT '',
    sources TEXT NOT NULL DEFAULT '[]',
    from_ms INTEGER NOT NULL,
    playing_now INTEGER NOT NULL DEFAULT 0 CHECK (playing_now IN (0, 1)),
    is_on INTEGER NOT NULL DEFAULT 0 CHECK (is_on IN (0, 1)),
    added_ms INTEGER NOT NULL,
    wait_until_ms INTEGER NOT NULL DEFAULT 0,
    up_to_play_id INTEGER NOT NULL DEFAULT 0,
    up_to_decided_ms INTEGER NOT NULL DEFAULT 0,
    last_sent_ms INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE listen_outbox (
    account_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    content TEXT NOT NULL,
    uncertain INTEGER NOT NULL DEFAULT 0 CHECK (uncertain IN (0, 1)),
    tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_sent (
    account_id INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    PRIMARY KEY (account_id, fingerprint)
) STRICT, WITHOUT ROWID;
";

// All by fingerprint (and start, by which the play is found), so that an edit outlives its play.
// `listen_decision`: works that the person merged or split; `mark` of a key: 0 a text, 1 a name, 2 a whole description
// (`identity/decision.rs`). `listen_edit`: every change, with what was before (JSON); a change of works has no fingerprint.
// `listen_correction`: `original_work_id` is the source's own description, 0 while the play is not there.
// `listen_hidden`: `deleted_ms` 0 for what is only hidden. `listen_gone`: what was deleted for good must not come back.
// The trigger is made anew so that deleting a million plays that nothing is tied to costs little.
const MIGRATION_EDITS: &str = "
CREATE TABLE listen_decision (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('merge', 'split')),
    decided_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE listen_decision_key (
    decision_id INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    PRIMARY KEY (decision_id, mark, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_identity_due_work (
    work_id INTEGER PRIMARY KEY NOT NULL
) STRICT;
CREATE TABLE listen_edit (
    edit_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edited_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    start_ms INTEGER NOT NULL DEFAULT 0,
    fingerprint BLOB,
    decision_id INTEGER NOT NULL DEFAULT 0,
    before TEXT NOT NULL DEFAULT 'null',
    after TEXT NOT NULL DEFAULT 'null',
    undone_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX listen_edit_play ON listen_edit (fingerprint);
CREATE TABLE listen_said (
    said_id INTEGER PRIMARY KEY NOT NULL,
    fingerprint BLOB NOT NULL UNIQUE,
    start_ms INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE VIRTUAL TABLE listen_said_words USING fts5(
    said, work,
    content = '', contentless_delete = 1, prefix = '2', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE listen_correction (
    fingerprint BLOB PRIMARY KEY NOT NULL,
    start_ms INTEGER NOT NULL,
    fields TEXT NOT NULL,
    original_work_id INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_hidden (
    fingerprint BLOB PRIMARY KEY NOT NULL,
    start_ms INTEGER NOT NULL,
    deleted_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE listen_gone (
    start_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (start_ms, fingerprint)
) STRICT, WITHOUT ROWID;
DROP TRIGGER listen_play_told_gone;
CREATE TRIGGER listen_play_told_gone AFTER DELETE ON listen_play
WHEN EXISTS (SELECT 1 FROM listen_same_play WHERE play_id = old.play_id)
OR EXISTS (SELECT 1 FROM listen_same_play WHERE lead_play_id = old.play_id) BEGIN
    UPDATE listen_play SET marks = marks & ~8
    WHERE play_id IN (SELECT play_id FROM listen_same_play WHERE lead_play_id = old.play_id);
    INSERT OR IGNORE INTO listen_same_due (from_ms, to_ms)
    SELECT old.start_ms, old.start_ms FROM listen_same_play WHERE lead_play_id = old.play_id LIMIT 1;
    DELETE FROM listen_same_play WHERE lead_play_id = old.play_id;
    DELETE FROM listen_same_play WHERE play_id = old.play_id;
END;
";

// Which app has which token; the token itself is nowhere, its hash beside the inbox.
const MIGRATION_TOKENS: &str = "
CREATE TABLE listen_token (
    token_id TEXT PRIMARY KEY NOT NULL,
    app TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
";

// `secret`: password or token, which leaves the vault in requests to that server alone. `position`: how far it was pulled, as
// the room's own JSON. `batch_id`: the batch that it adds to.
const MIGRATION_PULLS: &str = "
CREATE TABLE listen_pull_account (
    account_id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    user_name TEXT NOT NULL,
    secret TEXT NOT NULL DEFAULT '',
    position TEXT NOT NULL DEFAULT '{}',
    batch_id INTEGER NOT NULL DEFAULT 0,
    added_ms INTEGER NOT NULL DEFAULT 0,
    pulled_ms INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, url, user_name)
) STRICT;
";

// `left_ms`: where in the medium a captured play was at last; it goes with the play. `notes`: what a feed says of an episode, as
// plain text. Feeds that are known already are read once more for it. A station is a stream and what the person calls it.
const MIGRATION_PLAYER: &str = "
ALTER TABLE listen_play ADD COLUMN left_ms INTEGER;
ALTER TABLE listen_episode ADD COLUMN notes TEXT NOT NULL DEFAULT '';
UPDATE listen_feed SET etag = '', last_modified = '', validator_url = '', body_sha256 = NULL;
CREATE TABLE listen_station (
    station_id INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    stream_url TEXT NOT NULL UNIQUE,
    added_ms INTEGER NOT NULL
) STRICT;
";

// Whether the person says that the server is in their own network.
const MIGRATION_HOME_NETWORK: &str = "
ALTER TABLE listen_account ADD COLUMN in_home_network INTEGER NOT NULL DEFAULT 0 CHECK (in_home_network IN (0, 1));
ALTER TABLE listen_pull_account ADD COLUMN in_home_network INTEGER NOT NULL DEFAULT 0 CHECK (in_home_network IN (0, 1));
";
