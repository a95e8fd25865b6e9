// A stand-in for Apple's UniformTypeIdentifiers, for Linux alone: the kinds of files that Tekram's screens name. See
// SwiftUIStub/Views.swift.

public struct UTType: Hashable, Sendable {
    public let identifier: String
    public init?(_ identifier: String) { self.identifier = identifier }
    public init?(filenameExtension: String) { identifier = filenameExtension }
    private init(known identifier: String) { self.identifier = identifier }
    public static var data: UTType { .init(known: "public.data") }
    public static var text: UTType { .init(known: "public.text") }
    public static var plainText: UTType { .init(known: "public.plain-text") }
    public static var json: UTType { .init(known: "public.json") }
    public static var commaSeparatedText: UTType { .init(known: "public.comma-separated-values-text") }
    public static var xml: UTType { .init(known: "public.xml") }
    public static var html: UTType { .init(known: "public.html") }
    public static var zip: UTType { .init(known: "public.zip-archive") }
    public static var folder: UTType { .init(known: "public.folder") }
}
