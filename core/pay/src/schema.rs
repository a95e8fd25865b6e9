//! The room's tables and their migrations, in the order in which they are applied.
//!
//! Payees and evidence; rules and statements (stored as inputs and lines); commitments and their settlement with its
//! outbox; the ledger, which triggers keep append-only; receipts. The Cashu rail's tables are its own
//! ([`crate::cashu::MIGRATION_1`]).

use tekram_vault::RoomSchema;

/// Tables of the `pay` room.
pub const SCHEMA: RoomSchema = RoomSchema {
    room: "pay",
    migrations: &[
        MIGRATION_PAYEES,
        MIGRATION_STATEMENTS,
        MIGRATION_SETTLEMENT,
        MIGRATION_LEDGER,
        crate::cashu::MIGRATION_1,
    ],
};

const MIGRATION_PAYEES: &str = "
CREATE TABLE pay_payee (
    payee_id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    identity TEXT NOT NULL UNIQUE,
    relation_id TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pay_method (
    method_no INTEGER PRIMARY KEY NOT NULL,
    payee_id TEXT NOT NULL REFERENCES pay_payee (payee_id),
    body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('used', 'held', 'retired')),
    evidence_no INTEGER NOT NULL DEFAULT 0,
    added_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX pay_method_payee ON pay_method (payee_id, status);
CREATE TABLE pay_evidence (
    evidence_no INTEGER PRIMARY KEY NOT NULL,
    payee_id TEXT NOT NULL REFERENCES pay_payee (payee_id),
    url TEXT NOT NULL,
    element TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    fetched_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX pay_evidence_payee ON pay_evidence (payee_id);
CREATE TABLE pay_payable (
    source_key TEXT NOT NULL,
    item_guid TEXT NOT NULL DEFAULT '',
    payee_id TEXT NOT NULL REFERENCES pay_payee (payee_id),
    split INTEGER NOT NULL CHECK (split >= 0),
    fee INTEGER NOT NULL DEFAULT 0 CHECK (fee IN (0, 1)),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    added_ms INTEGER NOT NULL,
    PRIMARY KEY (source_key, item_guid, held, payee_id, fee)
) STRICT, WITHOUT ROWID;
CREATE INDEX pay_payable_payee ON pay_payable (payee_id);
";

const MIGRATION_STATEMENTS: &str = "
CREATE TABLE pay_rules (
    budget_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (budget_name, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE pay_statement (
    statement_id TEXT PRIMARY KEY NOT NULL,
    budget_name TEXT NOT NULL,
    month TEXT NOT NULL,
    zone TEXT NOT NULL,
    rules_version INTEGER NOT NULL,
    asset TEXT NOT NULL,
    budget_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'committed', 'settled')),
    inputs TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL DEFAULT 0,
    correction_no INTEGER NOT NULL DEFAULT 0,
    UNIQUE (budget_name, month, correction_no)
) STRICT;
CREATE TABLE pay_line (
    statement_id TEXT NOT NULL REFERENCES pay_statement (statement_id) ON DELETE CASCADE,
    line_no INTEGER NOT NULL,
    payee_id TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    carry_in_minor INTEGER NOT NULL DEFAULT 0,
    paid_minor INTEGER NOT NULL DEFAULT 0,
    handed_off_minor INTEGER NOT NULL DEFAULT 0,
    fees_minor INTEGER NOT NULL DEFAULT 0,
    in_flight_minor INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    commitment_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (statement_id, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX pay_line_commitment ON pay_line (commitment_id) WHERE commitment_id <> '';
";

const MIGRATION_SETTLEMENT: &str = "
CREATE TABLE pay_commitment (
    commitment_id TEXT PRIMARY KEY NOT NULL,
    payee_id TEXT NOT NULL REFERENCES pay_payee (payee_id),
    record TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    vault_epoch INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pay_plan (
    plan_key TEXT PRIMARY KEY NOT NULL,
    statement_id TEXT NOT NULL REFERENCES pay_statement (statement_id),
    rail TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    topped_up_minor INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('planned', 'funded')),
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pay_outbox (
    idempotency_key TEXT PRIMARY KEY NOT NULL,
    commitment_id TEXT NOT NULL UNIQUE REFERENCES pay_commitment (commitment_id),
    plan_key TEXT NOT NULL REFERENCES pay_plan (plan_key),
    statement_id TEXT NOT NULL REFERENCES pay_statement (statement_id),
    line_no INTEGER NOT NULL,
    payment_order TEXT NOT NULL,
    rate TEXT NOT NULL DEFAULT '',
    step TEXT NOT NULL CHECK (step IN ('planned', 'executing', 'locked', 'delivered', 'done')),
    token TEXT NOT NULL DEFAULT '',
    net_minor INTEGER NOT NULL DEFAULT 0,
    fees_minor INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX pay_outbox_statement ON pay_outbox (statement_id, line_no);
CREATE TABLE pay_receipt (
    commitment_id TEXT PRIMARY KEY NOT NULL REFERENCES pay_commitment (commitment_id),
    record TEXT NOT NULL DEFAULT '',
    rail_evidence TEXT NOT NULL DEFAULT '',
    received_ms INTEGER NOT NULL
) STRICT;
";

const MIGRATION_LEDGER: &str = "
CREATE TABLE pay_ledger_tx (
    tx_no INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    statement_id TEXT NOT NULL DEFAULT '',
    at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pay_ledger_entry (
    tx_no INTEGER NOT NULL REFERENCES pay_ledger_tx (tx_no),
    entry_no INTEGER NOT NULL,
    account TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (tx_no, entry_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX pay_ledger_account ON pay_ledger_entry (account, asset, amount_minor);
CREATE TRIGGER pay_ledger_tx_kept BEFORE DELETE ON pay_ledger_tx BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER pay_ledger_tx_fixed BEFORE UPDATE ON pay_ledger_tx BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER pay_ledger_entry_kept BEFORE DELETE ON pay_ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER pay_ledger_entry_fixed BEFORE UPDATE ON pay_ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
";
