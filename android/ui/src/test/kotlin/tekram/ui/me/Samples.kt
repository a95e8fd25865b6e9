// Samples of Me, one line each.
package tekram.ui.me

import androidx.compose.runtime.Composable
import tekram.ffi.Holdings
import tekram.ffi.Money
import tekram.ffi.NetworkKind
import tekram.ffi.NetworkUse
import tekram.ffi.NetworkWhy
import tekram.ffi.PersonaEntry
import tekram.ffi.RailKind
import tekram.ffi.RecoveryDuty
import tekram.ffi.SharedItem
import tekram.ffi.SharedKind
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ui.common.Edition
import tekram.ui.common.Phase
import tekram.ui.common.Rows
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.common.word
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.start.DeviceLock
import tekram.ui.vault.somePlan

/** 2026-11-02, 09:15 UTC. */
private const val SOME_DAY = 1_793_610_900_000L
private const val DAY = 86_400_000L

private val passphrase = WayIn("passphrase", WayInKind.Passphrase, SOME_DAY)
private val device = WayIn("device", WayInKind.KeyStore("key"), SOME_DAY + DAY)
private val phrase = WayIn("recovery", WayInKind.RecoveryPhrase, SOME_DAY + 2 * DAY)

internal val home = PersonaEntry("1", "Home", 0x6D5AAEu, null, listOf(passphrase), null)
private val shop = PersonaEntry("2", "Shop on the corner", null, null, listOf(passphrase), null)

internal val me = MeState(Phase.Ready, "1", "Home", Holdings(12_408u, 3u, 1u, 2u), listOf(home, shop), backup = somePlan)

internal val noMeActions =
    object : MeActions {
        override fun open(screen: String) = Unit

        override fun rename(name: String) = Unit

        override fun lock() = Unit

        override fun reload() = Unit
    }

internal val noProfilesActions =
    object : ProfilesActions {
        override fun switchTo(profile: PersonaEntry) = Unit

        override fun add() = Unit

        override fun restore() = Unit

        override fun askToDelete(profile: PersonaEntry) = Unit

        override fun reload() = Unit
    }

internal val noWaysActions =
    object : WaysActions {
        override fun addDevice() = Unit

        override fun passphrase() = Unit

        override fun words() = Unit

        override fun newKey() = Unit

        override fun remove(way: WayIn) = Unit

        override fun reload() = Unit
    }

internal val noCheckActions =
    object : CheckActions {
        override fun check(answers: List<String>) = Unit

        override fun showAgain() = Unit

        override fun done() = Unit
    }

internal val oneWay = WaysState(Phase.Ready, listOf(passphrase))
internal val threeWays = WaysState(Phase.Ready, listOf(passphrase, device, phrase))

/** Words of the list of BIP 39, in the order of the list: they open nothing. */
internal val someWords =
    listOf(
        "abandon ability able about above absent absorb abstract",
        "absurd abuse access accident account accuse achieve acid",
        "acoustic acquire across act action actor actress actual",
    ).flatMap { it.split(' ') }

internal val asked = RecoveryState(Phase.Ready, questions = listOf(3, 11, 20))

internal val someShared =
    listOf(
        SharedItem(
            SharedKind.REQUEST,
            SOME_DAY + DAY,
            true,
            listOf("relay.example", "nostr.example"),
            null,
            "Leica M6",
            "{\"want\":\"Leica M6\",\"area\":\"u33d\"}",
            null,
            "PDC-INTENT",
            "5f1c",
        ),
        SharedItem(
            SharedKind.ACCEPTANCE,
            SOME_DAY,
            true,
            listOf("Kaufladen am Markt"),
            "did:key:z1",
            "Leica M6, used",
            null,
            Money(129_500, "EUR"),
            "PDC-INTENT",
            "6a2d",
        ),
        SharedItem(SharedKind.PAYMENT, SOME_DAY - DAY, false, listOf("Harbour Lights Media"), "did:key:z2", "", null, Money(310, "EUR"), null, "7b3e"),
    )

private fun rows(items: List<SharedItem>) = Rows(if (items.isEmpty()) Phase.Empty else Phase.Ready, items.size, true, 60, mapOf(0 to items))

internal val someNetworks =
    NetworksState(
        Phase.Ready,
        listOf(
            NetworkUse(NetworkKind.MINT, "mint.example", NetworkWhy.ECASH, SOME_DAY),
            NetworkUse(NetworkKind.RELAY, "relay.example", NetworkWhy.REQUESTS, SOME_DAY),
            NetworkUse(NetworkKind.FEED, "feeds.example:8443", NetworkWhy.WHO_IS_PAID, null),
            NetworkUse(NetworkKind.RATES, "rates.example", NetworkWhy.EXCHANGE_RATES, SOME_DAY),
        ),
    )

internal class LoggingEdition : Edition(railsOff = setOf(RailKind.HAND_OFF)) {
    override val keepsLog: Boolean = true
}

private val inUse = Shown(3003, "vault_in_use", "vault")
private val notices = listOf(NoticeSwitch(Notice.Offer, wanted = true), NoticeSwitch(Notice.Statement, wanted = false))
private val somePhone =
    PhoneScreenState(
        granted = true,
        profileOpen = true,
        players = listOf(Player("de.danoeh.antennapod", "AntennaPod", "Home"), Player("org.songs", "Songs", null)),
        notices = listOf(NoticeSwitch(Notice.Offer, wanted = true, blocked = true), notices.last()),
    )

internal val noPhoneActions =
    object : PhoneScreenActions {
        override fun back() = Unit

        override fun grant() = Unit

        override fun allow(
            player: Player,
            allowed: Boolean,
        ) = Unit

        override fun want(
            notice: Notice,
            wanted: Boolean,
        ) = Unit

        override fun noticeSettings() = Unit

        override fun widgetSaysAmounts(allowed: Boolean) = Unit

        override fun useProxy(address: String?) = Unit

        override fun saveLog() = Unit
    }

/** A part of the screen that stands further down. */
@Composable
private fun ProxyPart(state: ProxyState) = ScreenFrame(word("me_phone_title"), {}) { ScrollingColumn { Proxy(state, noPhoneActions) } }

private val failed = Phase.Failed(Shown(3004, "never_heard_of", "vault"))

@Composable
private fun Draw(state: MeState) = MeScreen(state, noMeActions)

@Composable
private fun Draw(state: WaysState) = WaysScreen(state, DeviceLock.Ready, noWaysActions) {}

@Composable
private fun DrawPassphrase(state: WaysState) = PassphraseScreen(state, {}, { _, _ -> }, {})

@Composable
private fun DrawWords(state: RecoveryState) = WordsScreen(state, {}, {}, {})

@Composable
private fun DrawCheck(state: RecoveryState) = CheckScreen(state, noCheckActions) {}

@Composable
private fun Draw(items: Rows<SharedItem>) = SharedScreen(items, {}, {}, {}, {})

@Composable
private fun Draw(state: NetworksState) = NetworksScreen(state, null, {}, {})

@Composable
private fun Draw(state: MeExportState) = MeExportScreen(state, {}, {}, {}, {})

val meSamples: List<Sample> =
    listOf(
        sample("me_home", tab = Tab.Me, wide = true) { Draw(me) },
        sample("me_home", "words_due", Tab.Me, waiting = setOf(Tab.Me)) { Draw(me.copy(duty = RecoveryDuty.ASK)) },
        sample("me_home", "rename", Tab.Me) {
            Draw(me)
            Rename("Home", {}) {}
        },
        sample("me_home", "loading", Tab.Me) { Draw(MeState()) },
        sample("me_home", "error", Tab.Me) { Draw(MeState(failed)) },
        sample("me_home", "offline", Tab.Me) { Draw(MeState(Phase.Offline)) },
        sample("me_home", "locked", Tab.Me) { Draw(MeState(Phase.Locked)) },
        sample("me_profiles", tab = Tab.Me) { ProfilesScreen(me, noProfilesActions) {} },
        sample("me_profile_delete", tab = Tab.Me) { DeleteScreen(me, home, {}, {}) },
        sample("me_profile_delete", "failed", Tab.Me) { DeleteScreen(me.copy(failure = inUse), shop, {}, {}) },
        sample("me_ways", tab = Tab.Me) { Draw(threeWays) },
        sample("me_ways", "last", Tab.Me) { Draw(oneWay) },
        sample("me_ways", "remove", Tab.Me) {
            Draw(threeWays)
            RemoveWay(device, {}) {}
        },
        sample("me_passphrase", tab = Tab.Me) { DrawPassphrase(oneWay) },
        sample("me_passphrase", "wrong", Tab.Me) { DrawPassphrase(oneWay.copy(failure = Shown(3016, "wrong_passphrase", "vault"))) },
        sample("me_passphrase", "changed", Tab.Me) { DrawPassphrase(oneWay.copy(done = WayDone.Changed)) },
        sample("me_words_show", tab = Tab.Me) { DrawWords(RecoveryState(Phase.Ready)) },
        sample("me_words_show", "set", Tab.Me) { DrawWords(RecoveryState(Phase.Ready, hasWords = true)) },
        sample("me_words_show", "shown", Tab.Me, wide = true) { DrawWords(RecoveryState(Phase.Ready, shown = ShownWords(someWords))) },
        sample("me_words_check", tab = Tab.Me) { DrawCheck(asked) },
        sample("me_words_check", "wrong", Tab.Me) { DrawCheck(asked.copy(wrong = 11)) },
        sample("me_words_check", "done", Tab.Me) { DrawCheck(RecoveryState(Phase.Ready, done = true)) },
        sample("me_export", tab = Tab.Me) { Draw(MeExportState(Phase.Ready, me.holdings, done = Takeout.History)) },
        sample("me_shared", tab = Tab.Me) { Draw(rows(someShared)) },
        sample("me_shared", "empty", Tab.Me) { Draw(rows(emptyList())) },
        sample("me_shared_item", tab = Tab.Me) { SharedItemScreen(Phase.Ready, someShared.first(), {}, {}) },
        sample("me_networks", tab = Tab.Me) { Draw(someNetworks) },
        sample("me_networks", "empty", Tab.Me) { Draw(NetworksState(Phase.Empty)) },
        sample("me_about", tab = Tab.Me) { AboutScreen("0.1.0", LoggingEdition(), null, {}, {}, {}) },
        sample("me_phone") { PhoneScreen(somePhone, noPhoneActions) },
        sample("me_phone", "locked") { PhoneScreen(PhoneScreenState(noticesBlocked = true, notices = notices), noPhoneActions) },
        sample("me_phone", "proxy") { ProxyPart(ProxyState("socks5://127.0.0.1:9050", "http://proxy.example:8080")) },
        sample("me_phone", "proxy_wrong") { ProxyPart(ProxyState(wrong = true)) },
        sample("me_licences", tab = Tab.Me) { LicencesScreen(Phase.Ready, listOf("tekram 0.1.0\nMIT OR Apache-2.0", "serde 1.0\nMIT OR Apache-2.0"), {}) },
    )
