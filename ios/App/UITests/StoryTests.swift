// The story's frame, clicked through on a simulator: a profile is made, each room is seen empty, the profile is locked and
// opened again. Each screen is given to Apple's accessibility audit. What happens inside the rooms is told by the story
// script, which drives the view models; here it is seen that screens and view models are wired.
import XCTest

@MainActor
final class StoryTests: XCTestCase {
    private let app = XCUIApplication()
    private let passphrase = "four words nobody guesses"

    override func setUp() async throws {
        continueAfterFailure = false
        // Vaults of their own for each run, in a folder that the system empties.
        app.launchArguments = ["--vaults-in-temporary-folder"]
        app.launch()
    }

    func testAProfileIsMadeLockedAndOpenedAgain() throws {
        try makeProfile()

        for room in ["history", "pay", "want", "relations", "me"] {
            app.tabBars.buttons[word("common_tab_\(room)")].tap()
            XCTAssertTrue(app.navigationBars.firstMatch.waitForExistence(timeout: 10), room)
            try audit()
        }

        app.buttons[word("me_lock")].firstMatch.tap()
        try screen("lock")
        type("not it", into: "start_passphrase_label")
        app.buttons[word("start_unlock")].firstMatch.tap()
        XCTAssertTrue(app.staticTexts[word("error_wrong_passphrase")].waitForExistence(timeout: 30))
        type(passphrase, into: "start_passphrase_label")
        app.buttons[word("start_unlock")].firstMatch.tap()
        XCTAssertTrue(app.tabBars.firstMatch.waitForExistence(timeout: 30))
    }

    func testTheScreensOfTheVaultOpen() throws {
        try makeProfile()
        app.tabBars.buttons[word("common_tab_me")].tap()
        let screens = [
            ("me_face_title", "me_face"), ("keep_title", "keep_home"), ("me_ways_title", "me_ways"),
            ("me_locking_title", "me_locking"),
            ("me_backup_title", "me_backup"), ("me_check_title", "me_check"), ("me_audit_title", "me_audit"),
            ("me_leave_title", "me_leave"),
        ]
        for (link, id) in screens {
            let row = app.buttons[word(link)].firstMatch
            for _ in 0..<5 where !row.isHittable { app.swipeUp() }
            row.tap()
            try screen(id)
            app.navigationBars.buttons.firstMatch.tap()
        }
    }

    /// First run, by a passphrase.
    private func makeProfile() throws {
        try screen("start_first")
        let name = app.textFields[word("start_name_label")]
        name.tap()
        name.typeText("Home")
        app.buttons.containing(.staticText, identifier: word("start_with_passphrase")).firstMatch.tap()
        app.buttons[word("start_create")].firstMatch.tap()

        try screen("start_passphrase")
        type(passphrase, into: "start_passphrase_label")
        type(passphrase, into: "start_passphrase_again")
        app.buttons[word("start_create")].firstMatch.tap()
        XCTAssertTrue(app.tabBars.firstMatch.waitForExistence(timeout: 30))
    }

    func testALinkOpensARoomAfterUnlocking() throws {
        try screen("start_first")
        let link = try XCTUnwrap(URL(string: "tekram:want?what=blue+hat"))
        app.open(link)
        // Nothing is done with it while no profile is open.
        try screen("start_first")
    }

    /// The screen with this id is there, and Apple's audit finds nothing wrong with it.
    private func screen(_ id: String) throws {
        let found = app.descendants(matching: .any)[id]
        XCTAssertTrue(found.waitForExistence(timeout: 30), id)
        try audit()
    }

    private func audit() throws {
        try app.performAccessibilityAudit(for: [.sufficientElementDescription, .dynamicType, .textClipped, .hitRegion])
    }

    private func type(_ text: String, into label: String) {
        let field = app.secureTextFields[word(label)]
        field.tap()
        if let old = field.value as? String, !old.isEmpty {
            field.typeText(String(repeating: XCUIKeyboardKey.delete.rawValue, count: old.count))
        }
        field.typeText(text)
    }

    private func word(_ key: String) -> String {
        Bundle(for: StoryTests.self).localizedString(forKey: key, value: nil, table: nil)
    }
}
