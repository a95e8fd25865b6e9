// Recovery words: shown once the person is alone, then checked by asking for some of them. They open the profile from
// the check on; until then the old ones do. The words are held while their screen is shown and not longer.
import Foundation
import Observation
import TekramCore

/// me_words_show and me_words_check.
@MainActor
@Observable
public final class RecoveryModel {
    /// Where the person is.
    public enum Step: Equatable, Sendable {
        /// What they are for, before they are shown.
        case intro
        /// On the screen.
        case shown
        /// Some are asked for.
        case checking
        /// They are a way in now.
        case done
    }

    /// Where the person is.
    public private(set) var step: Step = .intro
    /// The words, while they are shown.
    public private(set) var words: [String] = []
    /// Positions that are asked for, from 1.
    public private(set) var questions: [UInt32] = []
    private var answers: [UInt32: String] = [:]
    /// Whether there are words in use already.
    public private(set) var hasWords = false
    /// Why the last step did not work.
    public private(set) var problem: Problem?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Looks whether there are words in use.
    public func load() {
        attempt { hasWords = try persona.ways().contains { $0.kind == .recoveryPhrase } }
    }

    /// Shows the words that were not checked yet, so that a paper already written stays right; else new ones. They open
    /// nothing until they are checked.
    public func show() {
        attempt {
            words = try (unchecked() ?? persona.newRecoveryPhrase()).words()
            step = .shown
        }
    }

    private func unchecked() throws -> RecoveryPhrase? {
        do {
            return try persona.uncheckedRecoveryPhrase()
        } catch TekramError.Failed(_, "nothing_to_check", _) {
            return nil
        }
    }

    /// The words that were shown and not checked, once more.
    public func showAgain() {
        attempt {
            words = try persona.uncheckedRecoveryPhrase().words()
            answers = [:]
            step = .shown
        }
    }

    /// They are on paper: hides them and asks for some.
    public func written() {
        attempt {
            questions = try persona.recoveryQuestions()
            words = []
            answers = [:]
            step = .checking
        }
    }

    /// What the person types for the word at `position`.
    public subscript(answerTo position: UInt32) -> String {
        get { answers[position] ?? "" }
        set { answers[position] = newValue }
    }

    /// Each question has an answer.
    public var isAnswered: Bool {
        questions.allSatisfy { !self[answerTo: $0].isEmpty }
    }

    /// Takes the words into use when the answers are right.
    public func check() {
        attempt {
            _ = try persona.checkRecoveryPhrase(
                positions: questions,
                words: questions.map {
                    self[answerTo: $0].trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
                })
            forget()
            hasWords = true
            step = .done
        }
    }

    /// The position of the first word that was not right.
    public var wrongPosition: UInt32? { problem?.values["position"].flatMap { UInt32($0) } }

    /// Wipes what the screen holds, when it is left or covered.
    public func forget() {
        (words, answers, questions) = ([], [:], [])
        if step != .done { step = .intro }
    }

    private func attempt(_ call: () throws -> Void) {
        do {
            try call()
            problem = nil
        } catch {
            problem = Problem(error)
        }
    }
}
