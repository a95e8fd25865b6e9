// A folder of the system's picker, as the core uses it.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@Suite struct DeviceFolderTests {
    private let place: URL
    private let folder: DeviceFolder

    init() throws {
        place = try TestProfile.newFolder()
        folder = try DeviceFolder(picked: place)
    }

    @Test func aFileIsCutWhereItIsWrittenAndReadInPieces() throws {
        try folder.write(name: "a", offset: 0, bytes: Data("hello world".utf8))
        try folder.write(name: "a", offset: 6, bytes: Data("you".utf8))
        try folder.sync(name: "a")
        #expect(try folder.read(name: "a", offset: 0, length: 100) == Data("hello you".utf8))
        #expect(try folder.read(name: "a", offset: 6, length: 2) == Data("yo".utf8))
        #expect(try folder.read(name: "a", offset: 9, length: 2).isEmpty)
        try folder.write(name: "a", offset: 5, bytes: Data())
        let listed = try folder.list()
        #expect(listed.map(\.name) == ["a"] && listed.map(\.bytes) == [5])
        #expect(listed.first?.changedMs != nil)
    }

    @Test func aNewNameTakesThePlaceOfTheOld() throws {
        try folder.write(name: "old", offset: 0, bytes: Data([1]))
        try folder.write(name: "new", offset: 0, bytes: Data([2]))
        try folder.rename(from: "new", to: "old")
        #expect(try folder.list().map(\.name) == ["old"])
        #expect(try folder.read(name: "old", offset: 0, length: 9) == Data([2]))
        try folder.remove(name: "old")
        try folder.remove(name: "old")
        #expect(try folder.list().isEmpty)
    }

    @Test func nothingOutsideTheFolderIsReached() throws {
        for name in ["../a", "a/b", "..", ".", ""] {
            #expect(throws: HostError.self) { try folder.write(name: name, offset: 0, bytes: Data([1])) }
            #expect(throws: HostError.self) { try folder.remove(name: name) }
        }
        #expect(throws: HostError.self) { try folder.read(name: "none", offset: 0, length: 1) }
    }

    @Test func ofASingleFileNothingBesideItIsSeen() throws {
        try folder.write(name: "one", offset: 0, bytes: Data([1]))
        try folder.write(name: "two", offset: 0, bytes: Data([2]))
        let file = try DeviceFolder(picked: place.appending(path: "one"))
        #expect(try file.list().map(\.name) == ["one"])
        #expect(throws: HostError.self) { try file.read(name: "two", offset: 0, length: 1) }
    }

    @Test func itIsFoundAgainByItsReference() throws {
        let again = try DeviceFolder(reference: folder.reference)
        try folder.write(name: "a", offset: 0, bytes: Data([1]))
        #expect(try again.list().map(\.name) == ["a"])
        try FileManager.default.removeItem(at: place)
        #expect(throws: (any Error).self) { try DeviceFolder(reference: folder.reference) }
    }
}
