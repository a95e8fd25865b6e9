// The two halves of a relation in words: where each side stands, what that means, and where a name comes from.
import TekramCore

extension Relation {
    /// The name, or that it has none.
    public var nameText: String { name ?? Words.text("relations_unnamed") }

    /// Key of the word that says where the name comes from.
    public var nameNoteKey: String {
        switch nameFrom {
        case .offer: "relations_name_from_offer"
        case .payee: "relations_name_from_payee"
        case nil: "relations_key_only"
        }
    }

    /// Both halves in one sentence, for VoiceOver.
    public var spoken: String { Words.text("relations_status_a11y", nameText, mine.text, theirs.text) }

    /// The points that only one side names.
    public func differing(mine: Bool) -> [Clause] { differs.filter { $0.mine == mine }.map(\.clause) }
}

extension RelationState {
    /// Where a side stands, in a word or two.
    public var text: String {
        switch self {
        case .absent: Words.text("relations_state_absent")
        case .open: Words.text("relations_state_open")
        case .offering: Words.text("relations_state_offering")
        case .inRelation: Words.text("relations_state_in_relation")
        case .ended: Words.text("relations_state_ended")
        }
    }

    /// What it means that my side stands there.
    public var mineText: String {
        switch self {
        case .absent: Words.text("relations_mine_absent")
        case .open: Words.text("relations_mine_open")
        case .offering: Words.text("relations_mine_offering")
        case .inRelation: Words.text("relations_mine_in_relation")
        case .ended: Words.text("relations_mine_ended")
        }
    }

    /// What it means that the other side stands there.
    public var theirsText: String {
        switch self {
        case .absent: Words.text("relations_theirs_absent")
        case .open: Words.text("relations_theirs_open")
        case .offering: Words.text("relations_theirs_offering")
        case .inRelation: Words.text("relations_theirs_in_relation")
        case .ended: Words.text("relations_theirs_ended")
        }
    }
}
