// Samples of the encrypted store's screens, one line each: on the tab of Me, and outside every profile.
package tekram.ui.vault

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.graphics.ImageBitmap
import org.jetbrains.skia.Color
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Paint
import org.jetbrains.skia.Surface
import tekram.ffi.AuditBreak
import tekram.ffi.AuditItem
import tekram.ffi.AuditReport
import tekram.ffi.BackedUp
import tekram.ffi.BackupDamage
import tekram.ffi.BackupFile
import tekram.ffi.BackupPlaceKind
import tekram.ffi.BackupPlan
import tekram.ffi.BackupState
import tekram.ffi.CheckFault
import tekram.ffi.KeyChanged
import tekram.ffi.PersonaEntry
import tekram.ffi.ProfileFace
import tekram.ffi.Rescued
import tekram.ffi.RescuedTable
import tekram.ffi.Restored
import tekram.ffi.VaultExported
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ffi.WorkProgress
import tekram.ui.common.LocalDevice
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.common.Rows
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.desktop.drawnPicture
import tekram.ui.keep.Kept
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.start.DeviceLock
import tekram.ui.start.Unlocking

/** 2026-11-22, 09:15 UTC: the day before the pictures' own. */
private const val SOME_DAY = 1_795_338_900_000L
private const val DAY = 86_400_000L
private const val HOUR = 3_600_000L
private const val SIDE = 96

private val passphrase = WayIn("passphrase", WayInKind.Passphrase, SOME_DAY)
private val device = WayIn("device", WayInKind.KeyStore("key"), SOME_DAY + DAY)
private val phrase = WayIn("recovery", WayInKind.RecoveryPhrase, SOME_DAY + 2 * DAY)
private val half = WorkProgress(doneBytes = 47_185_920u, totalBytes = 104_857_600u)

/** A picture that a person could have chosen: a sun over water. */
internal val somePicture: ByteArray by lazy {
    val surface = Surface.makeRasterN32Premul(SIDE, SIDE)
    surface.canvas.apply {
        clear(Color.makeRGB(255, 209, 128))
        drawCircle(SIDE / 2f, SIDE / 2f, SIDE / 4f, Paint().apply { color = Color.makeRGB(230, 81, 0) })
        drawRect(org.jetbrains.skia.Rect.makeLTRB(0f, SIDE * 0.6f, SIDE.toFloat(), SIDE.toFloat()), Paint().apply { color = Color.makeRGB(0, 105, 120) })
    }
    checkNotNull(surface.makeImageSnapshot().encodeToData(EncodedImageFormat.PNG)).bytes
}

/** A device that can draw pictures. */
internal open class DrawingDevice : PlainDevice() {
    override fun picture(file: ByteArray): ImageBitmap? = drawnPicture(file)
}

/** [content] on a device that can draw pictures. */
@Composable
internal fun Drawn(content: @Composable () -> Unit) = CompositionLocalProvider(LocalDevice provides DrawingDevice(), content = content)

internal val someFace = ProfileFace("Home", 0x6D5AAEu, somePicture, showsName = true, showsColour = true, showsAvatar = false)

internal fun entry(
    number: UInt,
    kind: String,
    atMs: Long,
    who: String? = null,
    what: String? = null,
    destroyed: Boolean = false,
) = AuditItem(number, atMs, kind, who, null, null, what, null, destroyed)

internal val someAudit =
    listOf(
        entry(9u, "disclosure", SOME_DAY, "Kaufladen am Markt", "Name, e-mail address"),
        entry(8u, "unlock", SOME_DAY - HOUR, "This phone"),
        entry(7u, "backup", SOME_DAY - DAY, what = "4.2 MB"),
        entry(6u, "way_added", SOME_DAY - DAY - HOUR, "Recovery words"),
        entry(5u, "export", SOME_DAY - 2 * DAY, destroyed = true),
        entry(1u, "begun", SOME_DAY - 3 * DAY),
    )

internal fun rows(items: List<AuditItem>) = Rows(if (items.isEmpty()) Phase.Empty else Phase.Ready, items.size, true, 60, mapOf(0 to items))

internal val somePlan =
    BackupPlan(BackupPlaceKind.FOLDER, "Backups", daily = true, lastMs = SOME_DAY - DAY, lastBytes = 4_210_000u, lastProblem = null, due = false)
internal val homePlan = somePlan.copy(kind = BackupPlaceKind.SERVER, place = "http://192.168.178.20/backup", inHomeNetwork = true)
internal val someBackup = BackupUiState(Phase.Ready, somePlan, hasWords = true)

internal val someFile =
    BackupFile(
        "home.tekram-backup",
        "5f1c",
        (1u..3u).map { BackupState(it, SOME_DAY - (4 - it.toLong()) * DAY) },
        cut = false,
        bytes = 4_210_000u,
        opensWithPassphrase = true,
        opensWithWords = true,
    )
private val cutFile = BackupFile("work.tekram-backup", "6a2d", listOf(BackupState(1u, SOME_DAY - 30 * DAY)), true, 812_000u, true, false)
internal val keyStep = RestoreState(RestoreStep.Key, chosen = someFile)
internal val restored = Restored("1", "Home", SOME_DAY - DAY, cut = false, damage = emptyList())
internal val rescued =
    Rescued(
        personaId = "2",
        tables =
            listOf(
                RescuedTable("listen_play", 12_395u, 13u, 1u),
                RescuedTable("listen_work", 4_020u, 0u, 0u),
                RescuedTable("pay_receipt", 38u, 0u, 0u),
                RescuedTable("relate_agreement", 2u, 0u, 0u),
                RescuedTable("vault_audit_entry", 210u, 0u, 0u),
                RescuedTable("agent_setting", 12u, 0u, 0u),
            ),
        lost = 13u,
        complete = false,
        sameKeys = true,
        inboxItems = 2u,
        madeMs = null,
        damage = emptyList(),
    )
internal val broken = PersonaEntry("1", "Home", 0x6D5AAEu, null, listOf(passphrase, device, phrase), null)

internal val noFaceActions =
    object : FaceActions {
        override fun colour(colour: UInt?) = Unit

        override fun choosePicture() = Unit

        override fun removePicture() = Unit

        override fun show(
            name: Boolean,
            colour: Boolean,
            picture: Boolean,
        ) = Unit

        override fun reload() = Unit
    }

internal val noLockingActions =
    object : LockingActions {
        override fun lockAfter(seconds: UInt?) = Unit

        override fun wipeAfter(wrong: UInt?) = Unit

        override fun reload() = Unit
    }

internal val noKeyActions =
    object : KeyChangeActions {
        override fun keep(
            name: String,
            stays: Boolean,
        ) = Unit

        override fun dropOthers(drop: Boolean) = Unit

        override fun start() = Unit

        override fun stop() = Unit

        override fun reload() = Unit
    }

internal val noAuditActions =
    object : AuditActions {
        override fun near(index: Int) = Unit

        override fun search(text: String) = Unit

        override fun show(filter: AuditFilter) = Unit

        override fun open(item: AuditItem) = Unit

        override fun more() = Unit

        override fun reload() = Unit
    }

internal val noBackupActions =
    object : BackupActions {
        override fun chooseFolder() = Unit

        override fun server() = Unit

        override fun words() = Unit

        override fun daily(daily: Boolean) = Unit

        override fun forget() = Unit

        override fun start() = Unit

        override fun stop() = Unit

        override fun reload() = Unit
    }

internal val noRestoreActions =
    object : RestoreActions {
        override fun folder() = Unit

        override fun toServer() = Unit

        override fun server(typed: TypedServer) = Unit

        override fun file() = Unit

        override fun choose(file: BackupFile) = Unit

        override fun chooseState(number: UInt?) = Unit

        override fun restore(
            key: BackupSecret,
            newName: String?,
            replace: Boolean,
        ) = Unit

        override fun salvage(
            key: BackupSecret,
            newName: String,
            newPassphrase: String,
        ) = Unit

        override fun moveIn(
            passphrase: String,
            newName: String?,
        ) = Unit

        override fun stop() = Unit

        override fun open() = Unit
    }

internal val noRescueActions =
    object : RescueActions {
        override fun save(
            way: Unlocking,
            secret: String,
            newName: String,
            newPassphrase: String,
        ) = Unit

        override fun stop() = Unit

        override fun open() = Unit
    }

@Composable
private fun DrawLocking(rules: LockRules) = LockingScreen(Kept(Phase.Ready, rules), noLockingActions) {}

@Composable
private fun Draw(state: KeyChangeState) = KeyChangeScreen(state, noKeyActions) {}

@Composable
private fun Draw(items: Rows<AuditItem>) = AuditScreen(AuditState(), items, noAuditActions) {}

@Composable
private fun DrawWhole(state: AuditState) = AuditWholeScreen(state, {}, {}, {})

@Composable
private fun Draw(state: BackupUiState) = BackupScreen(state, noBackupActions) {}

@Composable
private fun DrawServer(state: BackupUiState) = BackupServerScreen(state, {}) {}

@Composable
private fun Draw(state: CheckState) = CheckScreen(state, {}, {}, {}, {})

@Composable
private fun Draw(state: LeaveState) = LeaveScreen(state, {}, {}, {}, {})

@Composable
private fun Draw(state: RestoreState) = RestoreScreen(state, noRestoreActions) {}

@Composable
private fun Draw(state: RescueState) = RescueScreen(state, DeviceLock.Ready, noRescueActions) {}

private val threeWays = KeyChangeState(Phase.Ready, listOf(passphrase, device, phrase), going = setOf("device"))
private val gapAndHead = AuditReport(210u, 0u, listOf(AuditBreak(17u, "gap"), AuditBreak(211u, "head")))

val vaultSamples: List<Sample> =
    listOf(
        sample("me_face", tab = Tab.Me) { Drawn { FaceScreen(Kept(Phase.Ready, someFace), noFaceActions) {} } },
        sample("me_face", "plain", Tab.Me) {
            FaceScreen(Kept(Phase.Ready, ProfileFace("Home", null, null, showsName = false, showsColour = false, showsAvatar = false)), noFaceActions) {}
        },
        sample("me_locking", tab = Tab.Me) { DrawLocking(LockRules(autoLockS = LOCK_OF_NEW_S)) },
        sample("me_locking", "wipe", Tab.Me) {
            DrawLocking(LockRules())
            ConfirmWipe({}) {}
        },
        sample("me_key_change", tab = Tab.Me) { Draw(threeWays) },
        sample("me_key_change", "working", Tab.Me) { Draw(threeWays.copy(working = true, progress = half)) },
        sample("me_key_change", "done", Tab.Me) { Draw(threeWays.copy(done = KeyChanged(listOf(passphrase, phrase), listOf(device)))) },
        sample("me_audit", tab = Tab.Me, wide = true) { Draw(rows(someAudit)) },
        sample("me_audit", "empty", Tab.Me) { Draw(rows(emptyList())) },
        sample("me_audit_item", tab = Tab.Me) { AuditItemScreen(Phase.Ready, someAudit.first(), null, {}, {}) },
        sample("me_audit_item", "destroy", Tab.Me) {
            AuditItemScreen(Phase.Ready, someAudit.first(), null, {}, {})
            DestroyText({}) {}
        },
        sample("me_audit_whole", tab = Tab.Me) { DrawWhole(AuditState(report = AuditReport(210u, 2u, emptyList()), exported = 210u)) },
        sample("me_audit_whole", "broken", Tab.Me) { DrawWhole(AuditState(report = gapAndHead)) },
        sample("me_backup", tab = Tab.Me, wide = true) { Draw(someBackup) },
        sample("me_backup", "none", Tab.Me) { Draw(BackupUiState(Phase.Ready)) },
        sample("me_backup", "old", Tab.Me) {
            Draw(someBackup.copy(plan = somePlan.copy(lastMs = SOME_DAY - 12 * DAY, lastProblem = "backup_folder_needed", due = true)))
        },
        sample("me_backup", "working", Tab.Me) { Draw(someBackup.copy(working = true, progress = half)) },
        sample("me_backup", "done", Tab.Me) { Draw(someBackup.copy(plan = somePlan.copy(lastMs = SOME_DAY), done = BackedUp("b", SOME_DAY, false, 1u, 1u))) },
        sample("me_backup", "home", Tab.Me) { Draw(someBackup.copy(plan = homePlan)) },
        sample("me_backup_server", tab = Tab.Me) { DrawServer(BackupUiState(Phase.Ready)) },
        sample("me_backup_server", "private", Tab.Me) {
            DrawServer(BackupUiState(Phase.Ready, failure = Shown(2003, "private_address", "network")))
        },
        sample("me_check", tab = Tab.Me) { Draw(CheckState(faults = emptyList())) },
        sample("me_check", "working", Tab.Me) { Draw(CheckState(working = true, progress = half)) },
        sample("me_check", "faults", Tab.Me) { Draw(CheckState(faults = listOf(CheckFault("pages", 3u), CheckFault("audit", 1u)))) },
        sample("me_leave", tab = Tab.Me) { Draw(LeaveState()) },
        sample("me_leave", "done", Tab.Me) { Draw(LeaveState(done = VaultExported(42u, 16_880u, 3u))) },
        sample("start_restore", wide = true) { Draw(RestoreState()) },
        sample("start_restore", "server") { Draw(RestoreState(RestoreStep.Server, failure = Shown(2001, "unreachable", "network"))) },
        sample("start_restore", "files") { Draw(RestoreState(RestoreStep.Files, files = listOf(cutFile, someFile))) },
        sample("start_restore", "key") { Draw(keyStep) },
        sample("start_restore", "clash") { Draw(keyStep.copy(chosen = cutFile, clash = true, failure = Shown(3025, "vault_exists", "vault"))) },
        sample("start_restore", "damaged") { Draw(keyStep.copy(chosen = cutFile, damaged = true, failure = Shown(3205, "backup_damaged", "vault"))) },
        sample("start_restore", "working") { Draw(keyStep.copy(working = true, progress = half)) },
        sample("start_restore", "done") { Draw(RestoreState(RestoreStep.Done, came = CameBack.Whole(restored))) },
        sample("start_restore", "damage") {
            Draw(RestoreState(RestoreStep.Done, came = CameBack.Whole(restored.copy(cut = true, damage = listOf(BackupDamage(3u, "pages", 2u))))))
        },
        sample("start_restore", "move_in") { Draw(RestoreState(RestoreStep.MoveIn)) },
        sample("start_rescue") { Draw(RescueState(broken)) },
        sample("start_rescue", "done") { Draw(RescueState(broken, rescued = rescued)) },
    )
