// Samples of accounts, sending, the export, and what is shown to somebody.
package tekram.ui.history.share

import androidx.compose.runtime.Composable
import tekram.ffi.ExportColumn
import tekram.ffi.ExportForm
import tekram.ffi.Exported
import tekram.ffi.ExtractClaim
import tekram.ffi.ExtractListen
import tekram.ffi.ExtractPart
import tekram.ffi.ExtractShowing
import tekram.ffi.HandedExtract
import tekram.ffi.HistoryAccount
import tekram.ffi.HistoryAccountKind
import tekram.ffi.ListenExtract
import tekram.ffi.ListenKind
import tekram.ffi.Pulled
import tekram.ffi.SubmissionChange
import tekram.ffi.SubmissionServer
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.history.someSources
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.relations.someAgreement
import tekram.ui.relations.someRelations
import tekram.ui.want.someCode

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L
private const val DAY = 86_400_000L

internal val someAccounts =
    AccountsState(
        Phase.Ready,
        listOf(
            HistoryAccount(1, HistoryAccountKind.LISTENBRAINZ, "https://api.listenbrainz.org", "ada", false, 3, EVENING, null, null),
            HistoryAccount(2, HistoryAccountKind.SUBSONIC, "http://192.168.178.20:4533", "ada", true, null, null, null, "insecure_server"),
        ),
    )

internal val someServer =
    SubmissionServer(
        server = 1,
        url = "https://listens.example",
        userName = "ada",
        sources = listOf("AntennaPod", "Spotify"),
        fromMs = EVENING - 30 * DAY,
        playingNow = false,
        isOn = true,
        inHomeNetwork = false,
        sent = 412u,
        refused = 1u,
        onTheWay = 7u,
        waitUntilMs = null,
        lastSentMs = EVENING,
        problem = null,
    )

private val someExtract =
    ListenExtract(
        extract = "urn:uuid:0190",
        party = someRelations.first().party,
        agreement = someAgreement.record,
        fromMs = EVENING - 30 * DAY,
        toMs = EVENING,
        listens = 31u,
        madeMs = EVENING,
        shown = listOf(ExtractShowing(EVENING, "https://kaufladen.example", listOf("month", "show"))),
    )

private val someParts =
    listOf(
        ExtractPart("start", listOf("hour", "day", "month")),
        ExtractPart("title", emptyList()),
        ExtractPart("played_seconds", listOf("played_minutes")),
    )

internal val composing =
    ComposeState(
        Phase.Ready,
        relations = someRelations.take(1),
        party = someRelations.first().party,
        agreements = listOf(someAgreement),
        agreement = someAgreement.record,
        range = DayRange("2026-10-01", "2026-10-05"),
        parts = someParts,
        said = mapOf("start" to "month", "title" to "title"),
        audience = "https://kaufladen.example",
        nonce = "n-0S6_WzA2Mj",
        preview =
            listOf("The lighthouse keeper’s radio", "Slow Tide").map {
                ExtractListen(listOf(ExtractClaim("month", "2026-10"), ExtractClaim("title", it)))
            } + ExtractListen(listOf(ExtractClaim("month", "2026-10"), ExtractClaim("title", null))),
    )

private val columns =
    listOf("start_local", "title", "creators", "played_seconds", "source").map { ExportColumn(it, true) } + ExportColumn("isrc", false)

private val noAccounts =
    object : AccountsActions {
        override fun add() = Unit

        override fun pull(account: HistoryAccount) = Unit

        override fun stop() = Unit

        override fun remove(account: HistoryAccount) = Unit

        override fun open(batch: Long) = Unit

        override fun reload() = Unit
    }

private val noSubmission =
    object : SubmissionActions {
        override fun add() = Unit

        override fun change(
            server: SubmissionServer,
            change: SubmissionChange,
        ) = Unit

        override fun submit(server: SubmissionServer) = Unit

        override fun stop() = Unit

        override fun remove(server: SubmissionServer) = Unit

        override fun reload() = Unit
    }

internal open class NoCompose : ComposeActions {
    override fun begin() = Unit

    override fun to(party: String) = Unit

    override fun under(agreement: String) = Unit

    override fun range(range: DayRange) = Unit

    override fun say(
        part: String,
        field: String?,
    ) = Unit

    override fun audience(text: String) = Unit

    override fun nonce(text: String) = Unit

    override fun sign() = Unit
}

private val reading = someAccounts.copy(working = 1, pulled = Pulled(3, 240u, 180u, 60u, 0u, false, null, null))

/** Screens of what comes from accounts and what leaves the log. */
val shareSamples: List<Sample> =
    listOf(
        sample("history_accounts", tab = Tab.History) { AccountsScreen(someAccounts, noAccounts, {}) },
        sample("history_accounts", "empty", Tab.History) { AccountsScreen(AccountsState(Phase.Ready), noAccounts, {}) },
        sample("history_accounts", "fetching", Tab.History) { AccountsScreen(reading, noAccounts, {}) },
        sample("history_accounts_add", tab = Tab.History) { Add(AccountsState(Phase.Ready)) },
        sample("history_export", tab = Tab.History) {
            Export(ExportState(ExportChoice(ExportForm.LISTENBRAINZ_JSONL), count = 1_211u, done = Exported(1_180u, 31u)))
        },
        sample("history_export", "table", Tab.History) {
            val choice =
                ExportChoice(ExportForm.CSV, DayRange("2026-10-01"), setOf(ListenKind.MUSIC), columns = columns.filter { it.usual }.map { it.column }.toSet())
            Export(ExportState(choice, columns = columns, count = 1_211u))
        },
        sample("history_share_submission", tab = Tab.History) {
            SubmissionScreen(AccountsState(Phase.Ready, servers = listOf(someServer), sources = someSources), noSubmission, {})
        },
        sample("history_share_submission", "empty", Tab.History) { SubmissionScreen(AccountsState(Phase.Ready), noSubmission, {}) },
        sample("history_share_server", tab = Tab.History) { AddServerScreen(AccountsState(Phase.Ready), {}, {}) },
        sample("history_share_server", "error", Tab.History) {
            AddServerScreen(AccountsState(Phase.Ready, failure = Shown(0, "private_address", "network")), {}, {})
        },
        sample("history_share", tab = Tab.History) { ExtractsScreen(ExtractsState(Phase.Ready, listOf(someExtract), someRelations), {}, {}, {}) },
        sample("history_share", "empty", Tab.History) { ExtractsScreen(ExtractsState(Phase.Ready), {}, {}, {}) },
        sample("history_share_compose", tab = Tab.History) { Compose(composing) },
        sample("history_share_compose", "more", Tab.History) { Compose(composing.copy(of = someExtract, handed = HandedExtract("urn:uuid:0190", 31u, "ey…"))) },
    )

@Composable
private fun Add(state: AccountsState) = AddAccountScreen(state, { "https://api.listenbrainz.org" }, { _, _ -> }, {})

@Composable
private fun Export(state: ExportState) = ExportScreen(state, {}, {}, {}, {})

@Composable
private fun Compose(state: ComposeState) = ComposeScreen(state, ::someCode, NoCompose(), {}, {})
