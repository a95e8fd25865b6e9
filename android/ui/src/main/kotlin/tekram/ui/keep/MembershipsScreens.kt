// Memberships: the cards, one as it is held to a reader at the till, and a new one.
package tekram.ui.keep

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextAlign
import tekram.ffi.Membership
import tekram.ui.common.BarsPicture
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.Offer
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.want.Note
import tekram.ui.want.Question
import java.io.File

/** `keep_memberships`: the cards, by whose they are. */
@Composable
fun MembershipsScreen(
    state: Kept<List<Membership>>,
    onOpen: (Membership) -> Unit,
    onAdd: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_memberships_title"), onBack, actions = { IconAction(Icons.Add, word("keep_membership_add"), onClick = onAdd) }) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_memberships_empty_title"), emptyText = word("keep_memberships_empty_text"))
    PhasePane(state.phase, words, onRetry = onRetry, empty = Offer(word("keep_membership_add"), onAdd)) {
        LazyColumn(Modifier.fillMaxSize()) {
            items(state.value.orEmpty(), key = { it.id }) { entry ->
                val card = entry.membership
                val lines = listOf(card.programme, card.number).filter { it.isNotEmpty() }.joinToString("\n")
                ListRow(card.organisation, below = lines.ifEmpty { null }, icon = Icons.Card, onClick = { onOpen(entry) }, end = {
                    Icon(Icons.Forward, contentDescription = null)
                })
                HorizontalDivider()
            }
        }
    }
}

/** `keep_membership`: a card as it is held to a reader. */
@Composable
fun MembershipScreen(
    state: Kept<List<MembershipCard>>,
    onRemove: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    val card = state.value?.firstOrNull()
    ScreenFrame(card?.membership?.organisation ?: word("keep_memberships_title"), onBack) {
        val words = phaseWords("keep").copy(emptyTitle = word("keep_memberships_title"), emptyText = word("keep_membership_gone"))
        PhasePane(state.phase, words, onRetry = onRetry) {
            var asking by rememberSaveable { mutableStateOf(false) }
            ScrollingColumn {
                card?.let { Card(it) }
                state.failure?.let { ErrorLine(errorText(it)) }
                OtherButton(word("keep_membership_remove"), { asking = true }, busy = state.busy, icon = Icons.Delete)
            }
            if (asking) {
                Question(word("keep_membership_remove_text"), word("common_remove"), { asking = false }) {
                    asking = false
                    onRemove()
                }
            }
        }
    }
}

@Composable
private fun Card(card: MembershipCard) {
    val formats = LocalFormats.current
    val membership = card.membership
    val device = LocalDevice.current
    val number = membership.barcodeText.ifEmpty { membership.number }
    val bars = remember(device, membership) { if (membership.barcodeFormat.isEmpty()) null else device.bars(membership.barcodeFormat, number) }
    if (bars != null) BarsPicture(bars, word("keep_membership_code_a11y", number))
    if (number.isNotEmpty()) {
        Text(
            number,
            Modifier.fillMaxWidth().testTag("keep_membership_number"),
            style = if (bars == null) MaterialTheme.typography.displaySmall else MaterialTheme.typography.titleLarge,
            textAlign = TextAlign.Center,
        )
    }
    if (bars == null && membership.barcodeFormat.isNotEmpty()) Note(word("keep_membership_not_drawn"))
    Section(membership.programme.ifEmpty { null }) {
        if (membership.number.isNotEmpty()) Text(word("keep_membership_number", membership.number))
        if (membership.tier.isNotEmpty()) Text(word("keep_membership_tier", membership.tier))
        membership.validFrom?.let { Note(word("keep_membership_from", formats.isoDate(it))) }
        membership.validUntil?.let { Note(word("keep_membership_until", formats.isoDate(it))) }
    }
    card.photo?.let { photo -> Section(word("keep_membership_photo")) { FileView(photo, word("keep_membership_photo_a11y")) } }
}

/** What can be done in the form of a membership. */
interface MembershipFormActions {
    /** Takes over what is typed. */
    fun edit(change: (MembershipFields) -> MembershipFields)

    /** Reads the code with the camera. */
    fun scan()

    /** Chooses a photo. */
    fun photo()

    /** Keeps it. */
    fun save()
}

/** `keep_membership_new`: a new card. */
@Composable
fun MembershipFormScreen(
    state: MembershipFormState,
    actions: MembershipFormActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_membership_add"), onBack) {
    val fields = state.fields
    ScrollingColumn {
        Line("keep_membership_organisation", fields.organisation) { actions.edit { before -> before.copy(organisation = it) } }
        Line("keep_membership_programme", fields.programme) { actions.edit { before -> before.copy(programme = it) } }
        Line("keep_membership_number_field", fields.number, KeyboardType.Ascii) { actions.edit { before -> before.copy(number = it) } }
        Line("keep_membership_tier_field", fields.tier) { actions.edit { before -> before.copy(tier = it) } }
        TextLine(
            fields.until,
            { actions.edit { before -> before.copy(until = it) } },
            word("keep_membership_until_field"),
            Modifier.testTag("keep_membership_until_field"),
            below = word("keep_field_day_hint"),
            wrong = state.wrong == "validUntil",
            keyboard = KeyboardType.Ascii,
        )
        Section(word("keep_membership_code_kind")) {
            CodeKind(fields.codeKind) { kind -> actions.edit { it.copy(codeKind = kind) } }
            if (fields.codeKind.isNotEmpty()) {
                Line("keep_membership_code_text", fields.codeText, KeyboardType.Ascii) { actions.edit { before -> before.copy(codeText = it) } }
            }
            if (LocalDevice.current.canScan) OtherButton(word("keep_membership_scan"), actions::scan, icon = Icons.Scan)
        }
        Section(word("keep_membership_photo")) {
            fields.photo?.let { Note(File(it).name) }
            OtherButton(word("keep_file_attach"), actions::photo, enabled = !state.busy, icon = Icons.Add)
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        MainButton(word("common_save"), actions::save, enabled = fields.organisation.isNotBlank(), busy = state.busy, icon = Icons.Check)
    }
}

@Composable
private fun CodeKind(
    kind: String,
    onChoose: (String) -> Unit,
) = Column {
    var open by remember { mutableStateOf(false) }
    val none = word("keep_membership_code_none")
    ListRow(if (kind.isEmpty()) none else codeName(kind), Modifier.testTag("keep_membership_code"), icon = Icons.Expand, onClick = { open = true })
    DropdownMenu(open, { open = false }) {
        (listOf("") + cardCodes).forEach { code ->
            DropdownMenuItem({ Text(if (code.isEmpty()) none else codeName(code)) }, {
                open = false
                onChoose(code)
            })
        }
    }
}

/** The name of a kind of code as it is printed: `EAN-13`. */
private fun codeName(code: String) = code.replace('_', '-')

@Composable
private fun Line(
    label: String,
    value: String,
    keyboard: KeyboardType = KeyboardType.Text,
    onChange: (String) -> Unit,
) = TextLine(value, onChange, word(label), Modifier.testTag(label), keyboard = keyboard)
