// What waits in the holding pen, in words.
import TekramCore

extension PenBatch {
    /// A file keeps its name; a proof has the name of its kind.
    public var nameText: String { source.isEmpty ? name : ProofNames.type(name) }

    /// How many wait, were added and were thrown away; what is none is left out.
    public var countsText: String {
        [("keep_pen_held", held), ("keep_pen_accepted", accepted), ("keep_pen_rejected", rejected)]
            .filter { $0.1 > 0 }
            .map { Words.plural($0.0, $0.1) }
            .joined(separator: " · ")
    }
}

extension PenItem {
    /// Attributes and proofs are called by their kind, what else there is by its own name.
    public var titleText: String {
        switch kind {
        case .attribute:
            let kind = AttributeKind(property: title)
            if kind != .free { return Words.text(kind.wordKey) }
            return title.split(separator: ":", maxSplits: 1).last.map { String($0) } ?? title
        case .credential: return ProofNames.type(title)
        case .membership, .preference, .purchase: return title
        }
    }

    /// Everything else that a person decides by, a line each.
    public var lines: [String] {
        var lines = [Words.text(kind.wordKey)]
        if !detail.isEmpty { lines.append(kind == .credential ? Words.text("keep_proof_by", detail) : detail) }
        if let stance { lines.append(stance.text) }
        if let total { lines.append(total.text()) }
        if let orderedMs { lines.append(Moments.day(orderedMs)) }
        if verified { lines.append(Words.text("keep_source_verified_unknown")) }
        switch state {
        case .held: if alike { lines.append(Words.text("keep_item_alike")) }
        case .accepted: lines.append(Words.text("keep_item_accepted"))
        case .rejected: lines.append(Words.text("keep_item_rejected"))
        }
        return lines
    }
}

extension PenKind {
    /// Key of the word for it.
    public var wordKey: String {
        switch self {
        case .attribute: "keep_kind_attribute"
        case .membership: "keep_kind_membership"
        case .preference: "keep_kind_preference"
        case .purchase: "keep_kind_purchase"
        case .credential: "keep_kind_credential"
        }
    }
}

extension HeldDone {
    /// What was done, a line each.
    public var lines: [String] {
        switch self {
        case .added(let count, let alike):
            [Words.plural("keep_batch_added", count)]
                + (alike > 0 ? [Words.plural("keep_batch_alike", alike)] : [])
        case .thrownAway(let count): [Words.plural("keep_pen_rejected", count)]
        case .undone(let count): [Words.plural("keep_batch_undone", count)]
        }
    }
}

extension Stance {
    /// Key of the word for it.
    public var wordKey: String {
        switch self {
        case .likes: "keep_stance_likes"
        case .avoids: "keep_stance_avoids"
        case .needs: "keep_stance_needs"
        }
    }

    /// How the person stands to it.
    public var text: String { Words.text(wordKey) }
}
