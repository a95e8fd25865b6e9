// The form for something about the person, with the fields of the kind that was chosen.
package tekram.ui.keep

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.word
import tekram.ui.want.Choice

/** `keep_attribute_new` and `keep_attribute_change`: what is typed, and keeping it. */
@Composable
fun AttributeFormScreen(
    state: AttributeFormState,
    onEdit: ((AttributeFields) -> AttributeFields) -> Unit,
    onSave: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(if (state.changes) "keep_attribute_change" else "keep_attribute_add"), onBack) {
    ScrollingColumn {
        if (state.changes) {
            Text(word("keep_attribute_change_text"))
        } else {
            Section(word("keep_field_kind")) {
                Column(Modifier.selectableGroup()) {
                    AttributeKind.entries.forEach { kind ->
                        Choice(word(kind.wordKey), state.fields.kind == kind) { onEdit { it.copy(kind = kind) } }
                    }
                }
            }
        }
        Fields(state, onEdit)
        if (!state.changes) {
            Line(state, "label", "keep_field_label", state.fields.label, below = "keep_field_label_hint") { onEdit { fields -> fields.copy(label = it) } }
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        MainButton(word("common_save"), onSave, busy = state.busy, icon = Icons.Check)
    }
}

@Composable
private fun Fields(
    state: AttributeFormState,
    onEdit: ((AttributeFields) -> AttributeFields) -> Unit,
) {
    val fields = state.fields

    fun text(typed: String) = onEdit { it.copy(text = typed) }
    when (fields.kind) {
        AttributeKind.Name -> {
            Line(state, "name", "keep_field_name", fields.text, onChange = ::text)
            Line(state, "givenName", "keep_field_given_name", fields.givenName) { onEdit { before -> before.copy(givenName = it) } }
            Line(state, "familyName", "keep_field_family_name", fields.familyName) { onEdit { before -> before.copy(familyName = it) } }
        }
        AttributeKind.Email -> {
            Line(state, "email", "keep_property_email", fields.text, KeyboardType.Email, onChange = ::text)
        }
        AttributeKind.Telephone -> {
            Line(state, "telephone", "keep_property_telephone", fields.text, KeyboardType.Phone, onChange = ::text)
        }
        AttributeKind.BirthDate -> {
            Line(state, "birthDate", "keep_property_birth_date", fields.text, KeyboardType.Ascii, "keep_field_day_hint", onChange = ::text)
        }
        AttributeKind.Free -> {
            if (!state.changes) Line(state, "name", "keep_field_free_name", fields.freeName) { onEdit { before -> before.copy(freeName = it) } }
            Line(state, "value", "keep_field_free_value", fields.text, onChange = ::text)
        }
        AttributeKind.Address -> {
            Line(state, "streetAddress", "keep_field_street", fields.street) { onEdit { before -> before.copy(street = it) } }
            Line(state, "postalCode", "keep_field_postal_code", fields.postalCode) { onEdit { before -> before.copy(postalCode = it) } }
            Line(state, "addressLocality", "keep_field_town", fields.town) { onEdit { before -> before.copy(town = it) } }
            Line(state, "addressRegion", "keep_field_region", fields.region) { onEdit { before -> before.copy(region = it) } }
            Line(state, "addressCountry", "keep_field_country", fields.country, KeyboardType.Ascii, "keep_field_country_hint") {
                onEdit { before -> before.copy(country = it) }
            }
        }
    }
}

/** A field that the core calls [name]. */
@Composable
private fun Line(
    state: AttributeFormState,
    name: String,
    label: String,
    value: String,
    keyboard: KeyboardType = KeyboardType.Text,
    below: String? = null,
    onChange: (String) -> Unit,
) = TextLine(
    value,
    onChange,
    word(label),
    Modifier.testTag("keep_field_$name"),
    below = below?.let { word(it) },
    wrong = state.wrong == name,
    enabled = !state.busy,
    keyboard = keyboard,
)
