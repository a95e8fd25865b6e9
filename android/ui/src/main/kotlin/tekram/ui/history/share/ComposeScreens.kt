// What was shown of the log and to whom, and putting together what is shown next, with exactly what the party will read of it.
package tekram.ui.history.share

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import tekram.ffi.ExtractListen
import tekram.ffi.HandedExtract
import tekram.ffi.ListenExtract
import tekram.ffi.QrCode
import tekram.ffi.Relation
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QrPicture
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.relations.termsTitle
import tekram.ui.want.Choice
import tekram.ui.want.Named
import tekram.ui.want.Note

/** Listens of a preview that are drawn; the number of all stands above. */
private const val PREVIEWED = 20

@Composable
private fun fieldText(field: String): String = word("history_extract_$field")

@Composable
private fun nameOf(
    party: String,
    relations: List<Relation>,
): String = relations.find { it.party == party }?.name ?: word("relations_unnamed")

/** `history_share`: what was shown. [onCompose] gets the extract to show more of, or nothing for a new one. */
@Composable
fun ExtractsScreen(
    state: ExtractsState,
    onCompose: (String) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_share_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("history_share_text"))
            MainButton(word("history_share_new"), { onCompose("") }, icon = Icons.Share)
            if (state.extracts.isNotEmpty()) {
                Section(word("history_share_shown")) {
                    state.extracts.forEach { extract ->
                        ExtractRow(extract, state.relations) { onCompose(extract.extract) }
                        HorizontalDivider()
                    }
                }
            }
        }
    }
}

@Composable
private fun ExtractRow(
    extract: ListenExtract,
    relations: List<Relation>,
    onMore: () -> Unit,
) {
    val formats = LocalFormats.current
    val said = extract.shown.flatMap { it.fields }.distinct().map { fieldText(it) }
    val lines = listOf(plural("history_share_listens", extract.listens.toLong()), formats.dateAndTime(extract.madeMs), said.joinToString())
    ListRow(nameOf(extract.party, relations), Modifier.testTag("extract"), below = lines.joinToString("\n"), icon = Icons.Share, onClick = onMore) {
        Text(word("history_share_more"), style = MaterialTheme.typography.labelLarge)
    }
}

/** `history_share_compose`: to whom, what, and exactly what they will read. [code] draws a text, or returns null for one that is too long. */
@Composable
fun ComposeScreen(
    state: ComposeState,
    code: (String) -> QrCode?,
    actions: ComposeActions,
    onSave: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(if (state.of == null) "history_share_new" else "history_share_more_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = actions::begin) {
        ScrollingColumn {
            if (state.of == null) {
                ToWhom(state, actions)
                Section(word("history_share_days")) { DayRangeFields(state.range, !state.busy, actions::range) }
            } else {
                Text(word("history_share_more_text", nameOf(state.of.party, state.relations)))
            }
            Parts(state, actions)
            Preview(state)
            Section(word("history_share_question")) {
                Note(word("history_share_question_text"))
                TextLine(state.audience, actions::audience, word("history_share_audience"), Modifier.testTag("share_audience"), keyboard = KeyboardType.Uri)
                TextLine(state.nonce, actions::nonce, word("history_share_nonce"), Modifier.testTag("share_nonce"), keyboard = KeyboardType.Ascii)
            }
            state.failure?.let { ErrorLine(errorText(it)) }
            val handed = state.handed
            if (handed == null) {
                MainButton(word("history_share_sign"), actions::sign, enabled = state.ready, busy = state.busy, icon = Icons.Key)
            } else {
                Handed(handed, state.saved, code, onSave)
            }
        }
    }
}

@Composable
private fun ToWhom(
    state: ComposeState,
    actions: ComposeActions,
) {
    Section(word("history_share_party")) {
        if (state.relations.isEmpty()) ErrorLine(word("history_share_nobody"))
        Column(Modifier.selectableGroup()) {
            state.relations.forEach { relation ->
                Choice(relation.name ?: word("relations_unnamed"), relation.party == state.party) { actions.to(relation.party) }
            }
        }
    }
    if (state.agreements.isNotEmpty()) {
        Section(word("history_share_agreement")) {
            Column(Modifier.selectableGroup()) {
                state.agreements.forEach { agreement ->
                    Choice(termsTitle(agreement.terms, agreement.title), agreement.record == state.agreement) { actions.under(agreement.record) }
                }
            }
        }
    }
}

@Composable
private fun Parts(
    state: ComposeState,
    actions: ComposeActions,
) = state.parts.forEach { part ->
    Section(fieldText(part.field), Modifier.testTag("part_${part.field}")) {
        val said = state.said[part.field]
        Column(Modifier.selectableGroup()) {
            Choice(word("history_share_left_out"), said == null) { actions.say(part.field, null) }
            part.blurs.reversed().forEach { blur ->
                Choice(word("history_share_only", fieldText(blur)), said == blur) { actions.say(part.field, blur) }
            }
            Choice(word("history_share_exact"), said == part.field) { actions.say(part.field, part.field) }
        }
    }
}

@Composable
private fun Preview(state: ComposeState) =
    Section(word("history_share_preview"), Modifier.testTag("share_preview")) {
        val preview = state.preview
        val failure = state.previewFailure
        when {
            failure != null -> {
                ErrorLine(errorText(failure))
            }

            preview == null -> {
                Note(word("history_share_preview_empty"))
            }

            else -> {
                Text(plural("history_share_listens", preview.size.toLong()))
                Note(word("history_share_preview_text"))
                preview.take(PREVIEWED).forEach { PreviewRow(it) }
                if (preview.size > PREVIEWED) Note(plural("history_share_preview_more", preview.size.toLong() - PREVIEWED))
            }
        }
    }

@Composable
private fun PreviewRow(listen: ExtractListen) {
    listen.claims.forEach { claim -> Named(fieldText(claim.field), claim.value ?: word("history_share_unknown")) }
    HorizontalDivider()
}

/** What is handed over: to copy, to another app, to a file, or as a code where it is short enough. */
@Composable
private fun Handed(
    handed: HandedExtract,
    saved: Boolean,
    code: (String) -> QrCode?,
    onSave: () -> Unit,
) {
    val device = LocalDevice.current
    val text = handed.presentation
    var drawn by remember(text) { mutableStateOf<QrCode?>(null) }
    var tooLong by remember(text) { mutableStateOf(false) }
    Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }.testTag("share_handed")) {
        Text(word("history_share_done"))
        CopyButton(text, word("history_share_copy"))
        OtherButton(word("common_share"), { device.share(text) }, icon = Icons.Share)
        OtherButton(word("history_share_save"), onSave, icon = Icons.Export)
        if (saved) Text(word("history_share_saved"))
        OtherButton(word("history_share_code"), {
            drawn = code(text)
            tooLong = drawn == null
        }, icon = Icons.Code)
        drawn?.let { Box(Modifier.fillMaxWidth(), contentAlignment = Alignment.Center) { QrPicture(it, word("common_qr_a11y")) } }
        if (tooLong) ErrorLine(word("error_qr_too_long"))
    }
}
