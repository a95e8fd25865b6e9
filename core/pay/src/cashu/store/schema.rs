//! The tables of the ecash wallet. What `cdk` only hands back (quotes, sagas, transactions, mint metadata) is kept as
//! the JSON it serialises; what is searched, summed or locked on has a column of its own.

/// The wallet's first migration, appended to the room's list by [`crate::schema::SCHEMA`]; never edited once released.
pub const MIGRATION_1: &str = "
CREATE TABLE pay_cashu_mint (
    mint_url TEXT PRIMARY KEY NOT NULL,
    mint_info TEXT NOT NULL DEFAULT 'null'
) STRICT;
CREATE TABLE pay_cashu_keyset (
    keyset_id TEXT NOT NULL,
    mint_url TEXT NOT NULL,
    keyset_info TEXT NOT NULL,
    PRIMARY KEY (keyset_id, mint_url)
) STRICT, WITHOUT ROWID;
CREATE INDEX pay_cashu_keyset_mint ON pay_cashu_keyset (mint_url);
CREATE TABLE pay_cashu_keys (
    keyset_id TEXT PRIMARY KEY NOT NULL,
    keys TEXT NOT NULL
) STRICT;
CREATE TABLE pay_cashu_counter (
    kind TEXT NOT NULL CHECK (kind IN ('keyset', 'derivation')),
    name TEXT NOT NULL,
    next INTEGER NOT NULL CHECK (next >= 0),
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE pay_cashu_proof (
    y TEXT PRIMARY KEY NOT NULL,
    mint_url TEXT NOT NULL,
    unit TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('SPENT', 'UNSPENT', 'PENDING', 'RESERVED', 'PENDING_SPENT')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    proof TEXT NOT NULL,
    spending_condition TEXT NOT NULL DEFAULT 'null',
    derivation_index INTEGER,
    used_by TEXT NOT NULL DEFAULT '',
    created_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX pay_cashu_proof_wallet ON pay_cashu_proof (mint_url, unit, state);
CREATE INDEX pay_cashu_proof_used_by ON pay_cashu_proof (used_by) WHERE used_by <> '';
CREATE TABLE pay_cashu_quote (
    kind TEXT NOT NULL CHECK (kind IN ('mint', 'melt')),
    quote_id TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    used_by TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    PRIMARY KEY (kind, quote_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pay_cashu_transaction (
    transaction_id TEXT PRIMARY KEY NOT NULL,
    mint_url TEXT NOT NULL,
    unit TEXT NOT NULL,
    direction TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE pay_cashu_saga (
    saga_id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE pay_cashu_kv (
    primary_namespace TEXT NOT NULL,
    secondary_namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (primary_namespace, secondary_namespace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE pay_cashu_p2pk_key (
    pubkey TEXT PRIMARY KEY NOT NULL,
    derivation_path TEXT NOT NULL,
    derivation_index INTEGER NOT NULL,
    created_s INTEGER NOT NULL
) STRICT;
CREATE TABLE pay_cashu_exchange (
    exchange_no INTEGER PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('top_up', 'lock', 'redeem', 'refund')),
    subject TEXT NOT NULL,
    mint_url TEXT NOT NULL,
    unit TEXT NOT NULL,
    operation TEXT NOT NULL UNIQUE,
    stage TEXT NOT NULL CHECK (stage IN ('prepared', 'done', 'void')),
    inputs TEXT NOT NULL,
    outputs TEXT NOT NULL,
    void_reason TEXT NOT NULL DEFAULT '',
    created_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX pay_cashu_exchange_once ON pay_cashu_exchange (purpose, subject) WHERE stage <> 'void';
CREATE TABLE pay_cashu_lock (
    commitment_id TEXT PRIMARY KEY NOT NULL,
    exchange_no INTEGER NOT NULL REFERENCES pay_cashu_exchange (exchange_no),
    payee_key TEXT NOT NULL,
    refund_key TEXT NOT NULL,
    locktime_s INTEGER NOT NULL,
    budget_minor INTEGER NOT NULL CHECK (budget_minor > 0),
    net_minor INTEGER NOT NULL CHECK (net_minor > 0),
    fee_minor INTEGER NOT NULL CHECK (fee_minor >= 0),
    token TEXT NOT NULL DEFAULT '',
    CHECK (net_minor + fee_minor <= budget_minor)
) STRICT;
CREATE TABLE pay_cashu_top_up (
    top_up_key TEXT PRIMARY KEY NOT NULL,
    mint_url TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    quote_id TEXT NOT NULL DEFAULT '',
    claimed INTEGER NOT NULL DEFAULT 0 CHECK (claimed IN (0, 1))
) STRICT;
";
