// The form for something about the person: fields for each kind, as they are typed. Whether a value can be kept, the core
// says; it also names the field that is not right.
import Foundation
import Observation
import TekramCore

/// What was typed. Fields of other kinds stay, so that choosing a kind by mistake loses nothing.
public struct AttributeFields: Equatable, Sendable {
    /// Which kind it is.
    public var kind = AttributeKind.name
    /// Which of several.
    public var label = ""
    /// The only line of kinds that have one, and the whole name.
    public var text = ""
    /// Given names.
    public var givenName = ""
    /// Family name.
    public var familyName = ""
    /// Street and number.
    public var street = ""
    /// Postal code.
    public var postalCode = ""
    /// Town.
    public var town = ""
    /// Region or state.
    public var region = ""
    /// Country, two letters.
    public var country = ""
    /// What a free one is called.
    public var freeName = ""

    /// Empty fields.
    public init() {}

    /// The fields with what stands now.
    public init(_ attribute: Attribute) {
        (kind, label) = (attribute.kind, attribute.label)
        switch attribute.value {
        case .name(let name, let given, let family): (text, givenName, familyName) = (name, given, family)
        case .email(let email): text = email
        case .telephone(let number): text = number
        case .birthDate(let date): text = date
        case .free(let name, let value): (freeName, text) = (name, value)
        case .address(let street, let postalCode, let locality, let region, let country):
            (self.street, self.postalCode, town) = (street, postalCode, locality)
            (self.region, self.country) = (region, country)
        }
    }

    /// As the core takes it.
    public var value: AttributeValue {
        switch kind {
        case .name: .name(name: text.trimmed, givenName: givenName.trimmed, familyName: familyName.trimmed)
        case .email: .email(email: text.trimmed)
        case .telephone: .telephone(number: text.trimmed)
        case .birthDate: .birthDate(date: text.trimmed)
        case .free: .free(name: freeName.trimmed, value: text.trimmed)
        case .address:
            .address(
                street: street.trimmed, postalCode: postalCode.trimmed, locality: town.trimmed,
                region: region.trimmed, country: country.trimmed.uppercased())
        }
    }
}

extension String {
    /// Without what stands around it.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// keep_attribute_new and keep_attribute_change.
@MainActor
@Observable
public final class AttributeFormModel {
    /// What is typed.
    public var fields: AttributeFields {
        didSet { problem = nil }
    }
    /// The kind and the label are those of something that is changed, and stay.
    public let changes: Bool
    /// Why it was not kept.
    public private(set) var problem: Problem?
    /// It is kept.
    public private(set) var isDone = false

    private let persona: Persona

    /// A new one for `persona`, or a new value for `attribute`.
    public init(persona: Persona, changing attribute: Attribute? = nil) {
        self.persona = persona
        changes = attribute != nil
        fields = attribute.map { AttributeFields($0) } ?? AttributeFields()
    }

    /// The core's name of the field that is not right.
    public var wrongField: String? { problem?.name == "bad_field" ? problem?.values["field"] : nil }

    /// Keeps it.
    public func save() {
        do {
            _ = try persona.setAttribute(value: fields.value, label: fields.label.trimmed)
            (problem, isDone) = (nil, true)
        } catch {
            problem = Problem(error)
        }
    }
}
