// What leaves the log, against the real core: a file of a chosen part, and what a party would read of it.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct HistoryShareTests {
    private let utc = TimeZone.gmt

    /// Three listens: two on 2023-11-14, one on the day after.
    private func filled() async throws -> TestProfile {
        let profile = try await TestProfile.make()
        let lines = [("Low Tide", 0), ("Fog", 300), ("Ebb", 86_400)].map { title, after in
            #"{"listened_at":\#(1_699_963_200 + after),"track_metadata":{"artist_name":"Alder","#
                + #""track_name":"\#(title)","additional_info":{"duration_ms":200000}}}"#
        }
        let path = try profile.file("listens.jsonl", lines.joined(separator: "\n"))
        let report = try await profile.persona.startImport(path: path).run { _ in }
        _ = try await profile.persona.acceptBatch(batch: report.batch)
        return profile
    }

    @Test("days are read as they are typed, and the last one is whole")
    func days() {
        let range = DayRange(from: "2024-02-29", to: " 2024-02-29 ")
        #expect(range.fits && range.fromMs(utc) == 1_709_164_800_000 && range.toMs(utc) == 1_709_251_200_000)
        #expect(DayRange().fits && DayRange().fromMs(utc) == nil && DayRange().toMs(utc) == nil)
        for wrong in ["2023-02-29", "29.02.2024", "2024-2-1", "2024-13-01", "tomorrow", "+024-01-01"] {
            #expect(!DayRange.fits(wrong), "\(wrong)")
        }
    }

    @Test("a table holds the days, kinds, sources and columns that were chosen, and goes with the screen")
    func table() async throws {
        let profile = try await filled()
        let folder = FileManager.default.temporaryDirectory.appending(path: "share-\(UUID().uuidString)")
        let model = HistoryExportModel(persona: profile.persona, folder: folder, zone: utc)
        await model.load()
        #expect(model.count == 3 && model.sources.count == 1)
        model.form = .csv
        model.range = DayRange(from: "2023-11-14", to: "2023-11-14")
        model[takes: .music] = true
        model[takesSource: model.sources[0]] = true
        for column in model.columns { model[hasColumn: column.column] = column.column == "title" }
        await model.recount()
        #expect(model.count == 2)
        await model.write()
        #expect(model.problem == nil && model.exported?.written == 2 && model.written <= 2)
        let file = try #require(model.file)
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        #expect(lines.count == 3 && lines[0].hasSuffix("title"))
        model.withoutPrivate = true
        #expect(model.file == nil && model.exported == nil, "another choice is another file")
        model.range.from = "soon"
        await model.recount()
        #expect(model.count == nil)
        model.forget()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("what a party would read is seen before, exact or coarse, and nothing is signed without an agreement")
    func preview() async throws {
        let profile = try await filled()
        let model = ExtractModel(persona: profile.persona, zone: utc)
        model.load()
        #expect(model.phase == .ready && model.relations.isEmpty && !model.parts.isEmpty)
        model[says: "start"] = "month"
        model[says: "title"] = "title"
        await model.look()
        let seen = try #require(model.preview)
        #expect(
            seen.count == 3 && seen.allSatisfy { $0.claims.contains { $0.field == "month" && $0.value == "2023-11" } })
        model.nonce = "once"
        #expect(!model.maySign)
        await model.sign()
        #expect(model.answer == nil)
        model[says: "start"] = nil
        #expect(model.preview == nil && model.fields == ["title"])
        model.range = DayRange(from: "2023-11-15")
        await model.look()
        #expect(model.preview?.map { $0.claims.map(\.value) } == [["Ebb"]])
        let list = ExtractsModel(persona: profile.persona)
        list.load()
        #expect(list.phase == .ready && list.extracts.isEmpty)
    }
}
