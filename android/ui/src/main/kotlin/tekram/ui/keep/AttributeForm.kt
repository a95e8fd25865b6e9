// The form for something about the person: fields for each kind, as they are typed. Whether a value can be kept, the core
// says; it also names the field that is not right.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.AttributeValue
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The kinds of things about a person. [property] is the core's name for it. */
enum class AttributeKind(
    val property: String,
    val wordKey: String,
) {
    Name("name", "keep_property_name"),
    Email("email", "keep_property_email"),
    Telephone("telephone", "keep_property_telephone"),
    Address("address", "keep_property_address"),
    BirthDate("birthDate", "keep_property_birth_date"),
    Free("additionalProperty", "keep_property_free"),
    ;

    companion object {
        /** The kind of a [property]; free ones carry their own name behind a colon. */
        fun of(property: String): AttributeKind = entries.find { it.property == property.substringBefore(':') } ?: Free
    }
}

/** What was typed. Fields of other kinds stay, so that choosing a kind by mistake loses nothing. */
data class AttributeFields(
    val kind: AttributeKind = AttributeKind.Name,
    val label: String = "",
    /** The only line of kinds that have one. */
    val text: String = "",
    val givenName: String = "",
    val familyName: String = "",
    val street: String = "",
    val postalCode: String = "",
    val town: String = "",
    val region: String = "",
    val country: String = "",
    val freeName: String = "",
) {
    /** As the core takes it. */
    fun value(): AttributeValue =
        when (kind) {
            AttributeKind.Name -> AttributeValue.Name(text.trim(), givenName.trim(), familyName.trim())
            AttributeKind.Email -> AttributeValue.Email(text.trim())
            AttributeKind.Telephone -> AttributeValue.Telephone(text.trim())
            AttributeKind.BirthDate -> AttributeValue.BirthDate(text.trim())
            AttributeKind.Free -> AttributeValue.Free(freeName.trim(), text.trim())
            AttributeKind.Address -> AttributeValue.Address(street.trim(), postalCode.trim(), town.trim(), region.trim(), country.trim().uppercase())
        }

    companion object {
        /** The fields with what stands now. */
        fun of(
            value: AttributeValue,
            label: String,
        ): AttributeFields =
            when (value) {
                is AttributeValue.Name -> AttributeFields(AttributeKind.Name, label, value.name, value.givenName, value.familyName)
                is AttributeValue.Email -> AttributeFields(AttributeKind.Email, label, value.email)
                is AttributeValue.Telephone -> AttributeFields(AttributeKind.Telephone, label, value.number)
                is AttributeValue.BirthDate -> AttributeFields(AttributeKind.BirthDate, label, value.date)
                is AttributeValue.Free -> AttributeFields(AttributeKind.Free, label, value.value, freeName = value.name)
                is AttributeValue.Address -> address(value, label)
            }

        private fun address(
            value: AttributeValue.Address,
            label: String,
        ) = AttributeFields(
            AttributeKind.Address,
            label,
            street = value.street,
            postalCode = value.postalCode,
            town = value.locality,
            region = value.region,
            country = value.country,
        )
    }
}

/** What was typed and what became of it. */
data class AttributeFormState(
    val fields: AttributeFields = AttributeFields(),
    /** The kind and the label are those of something that is changed, and stay. */
    val changes: Boolean = false,
    val busy: Boolean = false,
    val failure: Shown? = null,
    val done: Boolean = false,
) {
    /** The core's name of the field that is not right. */
    val wrong: String? get() = failure?.takeIf { it.name == "bad_field" }?.params?.get("field")
}

/** A new attribute, or a new value for [id]. */
class AttributeFormModel(
    private val session: Session,
    private val id: Long? = null,
) : ViewModel() {
    private val states = MutableStateFlow(AttributeFormState(changes = id != null))

    val state: StateFlow<AttributeFormState> = states.asStateFlow()

    /** Begins with empty fields, or with what stands now. */
    fun begin() {
        states.value = AttributeFormState(changes = id != null)
        val before = id ?: return
        viewModelScope.launch {
            val answer = attempt { session.persona.attributeHistory(before).first() }
            states.update { state ->
                answer.fold({ state.copy(fields = AttributeFields.of(it.value, it.label)) }, { state.copy(failure = it.shown()) })
            }
        }
    }

    /** Takes over what is typed. */
    fun edit(change: (AttributeFields) -> AttributeFields) = states.update { it.copy(fields = change(it.fields), failure = null) }

    /** Keeps it. */
    fun save() {
        val state = states.value
        if (state.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.setAttribute(state.fields.value(), state.fields.label.trim()) }.exceptionOrNull()
            states.update { it.copy(busy = false, failure = failure?.shown(), done = failure == null) }
        }
    }
}
