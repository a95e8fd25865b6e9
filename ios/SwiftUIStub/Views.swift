// A stand-in for Apple's SwiftUI, for Linux alone: the names and generic shapes that Tekram's screens use, so that the
// compiler can check the screens where there is no Xcode. Signatures are written from Apple's documentation (iOS 17 and
// macOS 14: only what both have). Nothing here draws or keeps state, and the package leaves it out on Apple platforms,
// where Xcode has the last word. What a screen needs and this lacks is added here, with the shape Apple documents.
@_exported import Foundation
@_exported import Observation

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Self.Body { get }
}

extension Never: View {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
}

/// A view of this stand-in: it has no body of its own.
public protocol Primitive: View where Body == Never {}
extension Primitive {
    public var body: Never { fatalError("never drawn") }
}

public struct EmptyView: Primitive {
    nonisolated public init() {}
}

public struct AnyView: Primitive {
    public init<V: View>(_ view: V) {}
    public init<V: View>(erasing view: V) {}
}

public struct Group<Content> {
    init(stand: Void) {}
}
extension Group: View where Content: View {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
    public init(@ViewBuilder content: () -> Content) {}
}

public struct TupleView<T>: Primitive {
    public var value: T
    public init(_ value: T) { self.value = value }
}

public struct _ConditionalContent<TrueContent, FalseContent> {
    init(stand: Void) {}
}
extension _ConditionalContent: View where TrueContent: View, FalseContent: View {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
}

extension Optional: View where Wrapped: View {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
}

@resultBuilder public enum ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    @available(*, unavailable, message: "this expression does not conform to 'View'")
    public static func buildExpression(_ invalid: Any) -> some View { EmptyView() }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    @MainActor public static func buildBlock<each Content: View>(
        _ content: repeat each Content
    ) -> TupleView<(repeat each Content)> {
        TupleView((repeat each content))
    }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(
        first: First
    ) -> _ConditionalContent<First, Second> { .init(stand: ()) }
    public static func buildEither<First: View, Second: View>(
        second: Second
    ) -> _ConditionalContent<First, Second> { .init(stand: ()) }
    public static func buildLimitedAvailability<Content: View>(_ content: Content) -> AnyView {
        MainActor.assumeIsolated { AnyView(EmptyView()) }
    }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content> {
    init(stand: Void) {}
}
extension ForEach: View where Content: View {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content)
    {}
}
extension ForEach where ID == Data.Element.ID, Content: View, Data.Element: Identifiable {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}
extension ForEach where Data == Range<Int>, ID == Int, Content: View {
    public init(_ data: Range<Int>, @ViewBuilder content: @escaping (Int) -> Content) {}
}
public protocol DynamicViewContent: View {}
extension ForEach: DynamicViewContent where Content: View {}
extension DynamicViewContent {
    public func onDelete(perform action: ((IndexSet) -> Void)?) -> some DynamicViewContent { _Dynamic() }
    public func onMove(perform action: ((IndexSet, Int) -> Void)?) -> some DynamicViewContent { _Dynamic() }
}
struct _Dynamic: DynamicViewContent, Primitive {}

// MARK: modifiers of one's own

@MainActor @preconcurrency public protocol ViewModifier {
    associatedtype Body: View
    @ViewBuilder func body(content: Self.Content) -> Self.Body
    typealias Content = _ViewModifier_Content<Self>
}
public struct _ViewModifier_Content<Modifier: ViewModifier>: Primitive {}
public struct ModifiedContent<Content, Modifier> {
    public init(content: Content, modifier: Modifier) {}
}
extension ModifiedContent: View where Content: View, Modifier: ViewModifier {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
}
extension View {
    public func modifier<T>(_ modifier: T) -> ModifiedContent<Self, T> { .init(content: self, modifier: modifier) }
}

// MARK: the app

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder var body: Self.Body { get }
}
extension Never: Scene {}
@resultBuilder public enum SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}
public struct WindowGroup<Content: View>: Scene {
    public typealias Body = Never
    public var body: Never { fatalError("never drawn") }
    public init(@ViewBuilder content: () -> Content) {}
}
@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder var body: Self.Body { get }
    init()
}
extension App {
    public static func main() { _ = Self() }
}
