// About the person: what stands now by kind, and one thing with where it comes from and what stood there before.
package tekram.ui.keep

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import tekram.ffi.Attribute
import tekram.ffi.AttributeSource
import tekram.ffi.AttributeValue
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.Offer
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.want.Note
import tekram.ui.want.Question

/** `keep_about`: what stands now, by kind. */
@Composable
fun AboutYouScreen(
    state: Kept<Attributes>,
    onOpen: (Attribute) -> Unit,
    onAdd: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_about_title"), onBack, actions = { IconAction(Icons.Add, word("keep_attribute_add"), onClick = onAdd) }) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_about_empty_title"), emptyText = word("keep_about_empty_text"))
    PhasePane(state.phase, words, onRetry = onRetry, empty = Offer(word("keep_attribute_add"), onAdd)) {
        val attributes = state.value ?: return@PhasePane
        ScrollingColumn {
            for ((kind, those) in attributes.groupBy { AttributeKind.of(it.property) }.toSortedMap()) {
                Section(word(kind.wordKey)) {
                    Column { those.forEach { AttributeRow(it, attributes.issuer(it)) { onOpen(it) } } }
                }
            }
        }
    }
}

@Composable
private fun AttributeRow(
    attribute: Attribute,
    issuer: String?,
    onClick: () -> Unit,
) {
    val lines = listOfNotNull(name(attribute), sourceText(attribute.source, issuer))
    ListRow(shownText(attribute), below = lines.joinToString("\n"), onClick = onClick, end = { Icon(Icons.Forward, contentDescription = null) })
}

/** What a free attribute is called, and which of several it is; none where neither is said. */
@Composable
private fun name(attribute: Attribute): String? {
    val free = (attribute.value as? AttributeValue.Free)?.name
    return listOfNotNull(free, attribute.label.takeIf { it.isNotEmpty() }?.let { labelText(it) }).joinToString(" · ").ifEmpty { null }
}

/** The two labels that everybody has in the person's language, others as they were typed. */
@Composable
private fun labelText(label: String): String =
    when (label) {
        "home" -> word("keep_label_home")
        "work" -> word("keep_label_work")
        else -> label
    }

/** What it says; a day as the person's language writes it. */
@Composable
private fun shownText(attribute: Attribute): String =
    when (val value = attribute.value) {
        is AttributeValue.BirthDate -> LocalFormats.current.isoDate(value.date)
        else -> attribute.text
    }

@Composable
private fun sourceText(
    source: AttributeSource,
    issuer: String?,
): String =
    when (source) {
        AttributeSource.SelfAsserted -> word("keep_source_self")
        is AttributeSource.Collected -> word("keep_source_collected", source.from)
        is AttributeSource.Verified -> if (issuer == null) word("keep_source_verified_unknown") else word("keep_source_verified", issuer)
    }

/** What can be done with one thing about the person. */
interface AttributeActions {
    /** A new value in its place. */
    fun change()

    /** It stands no more; the history keeps it. */
    fun end()

    /** It is deleted with its history. */
    fun forget()

    /** Opens the proof that says so. */
    fun proof(id: String)

    /** Reads it again. */
    fun reload()
}

/** `keep_attribute`: one thing about the person, and what stood there before. */
@Composable
fun AttributeScreen(
    state: Kept<Attributes>,
    actions: AttributeActions,
    onBack: (() -> Unit)?,
) {
    val history = state.value
    val newest = history?.attributes?.firstOrNull()
    ScreenFrame(newest?.let { word(AttributeKind.of(it.property).wordKey) } ?: word("keep_about_title"), onBack) {
        val words = phaseWords("keep").copy(errorText = word("keep_attribute_gone"))
        PhasePane(state.phase, words, onRetry = actions::reload) {
            if (history == null || newest == null) return@PhasePane
            ScrollingColumn {
                Standing(newest, history.issuer(newest), actions)
                state.failure?.let { ErrorLine(errorText(it)) }
                Changing(newest, state.busy, actions)
                val before = history.drop(1)
                if (before.isNotEmpty()) Before(before, history)
            }
        }
    }
}

@Composable
private fun Standing(
    attribute: Attribute,
    issuer: String?,
    actions: AttributeActions,
) = Section(name(attribute)) {
    Text(shownText(attribute), style = MaterialTheme.typography.titleLarge)
    Text(sourceText(attribute.source, issuer))
    Note(stood(attribute))
    (attribute.source as? AttributeSource.Verified)?.let { source ->
        QuietButton(word("keep_attribute_open_proof"), { actions.proof(source.credential) }, icon = Icons.Card)
    }
}

/** Since when it stands, or from when to when it stood. */
@Composable
private fun stood(attribute: Attribute): String {
    val formats = LocalFormats.current
    val until = attribute.untilMs ?: return word("keep_since", formats.date(attribute.sinceMs))
    return word("keep_from_until", formats.date(attribute.sinceMs), formats.date(until))
}

@Composable
private fun Changing(
    attribute: Attribute,
    busy: Boolean,
    actions: AttributeActions,
) {
    var asking by rememberSaveable { mutableStateOf("") }
    MainButton(word("keep_attribute_change"), actions::change, enabled = !busy, icon = Icons.Edit)
    if (attribute.untilMs == null) OtherButton(word("keep_attribute_end"), { asking = END }, enabled = !busy, icon = Icons.Clock)
    OtherButton(word("keep_attribute_forget"), { asking = FORGET }, enabled = !busy, icon = Icons.Delete)
    when (asking) {
        END -> {
            Question(word("keep_attribute_end_text"), word("keep_attribute_end"), { asking = "" }) {
                asking = ""
                actions.end()
            }
        }
        FORGET -> {
            Question(word("keep_attribute_forget_text"), word("keep_attribute_forget"), { asking = "" }) {
                asking = ""
                actions.forget()
            }
        }
    }
}

private const val END = "end"
private const val FORGET = "forget"

@Composable
private fun Before(
    before: List<Attribute>,
    history: Attributes,
) = Section(word("keep_attribute_history")) {
    before.forEachIndexed { index, attribute ->
        if (index > 0) HorizontalDivider()
        Column(Modifier.semantics(mergeDescendants = true) {}) {
            Text(shownText(attribute))
            Note(sourceText(attribute.source, history.issuer(attribute)))
            Note(stood(attribute))
        }
    }
}
