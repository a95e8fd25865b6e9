// Memberships: all cards, one with its code and photo, and a new one that is typed in or scanned.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.ffi.Membership
import tekram.ffi.NewMembership
import tekram.ui.common.Device
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File

/** The kinds of codes that cards carry, by the names that readers give them. */
val cardCodes: List<String> =
    listOf("EAN_13", "EAN_8", "UPC_A", "CODE_128", "CODE_39", "ITF", "CODABAR", "QR_CODE", "AZTEC", "DATA_MATRIX", "PDF_417")

/** Reads the memberships. */
class MembershipsModel(
    session: Session,
) : KeptModel<List<Membership>>(session, { it.memberships() })

/** A card and its photo. */
data class MembershipCard(
    val membership: NewMembership,
    val photo: KeptFile?,
)

/** Reads the membership [id]; an empty list when it is gone. */
class MembershipModel(
    session: Session,
    private val id: Long,
) : KeptModel<List<MembershipCard>>(session, { persona ->
        persona.memberships().filter { it.id == id }.map { entry ->
            MembershipCard(entry.membership, entry.membership.picture?.let { keptFile(persona, it) })
        }
    }) {
    /** Removes it with its photo. */
    fun remove() =
        change(leaves = true) { persona ->
            val photo = persona.memberships().find { it.id == id }?.membership?.picture
            persona.removeMembership(id)
            photo?.let(persona::removeFile)
        }
}

/** A membership as it is typed. */
data class MembershipFields(
    val organisation: String = "",
    val programme: String = "",
    val number: String = "",
    val tier: String = "",
    /** Empty when the card has no code. */
    val codeKind: String = "",
    val codeText: String = "",
    val until: String = "",
    /** Where the photo of the card lies until it is kept. */
    val photo: String? = null,
)

/** What was typed and what became of it. */
data class MembershipFormState(
    val fields: MembershipFields = MembershipFields(),
    val busy: Boolean = false,
    val failure: Shown? = null,
    val done: Boolean = false,
) {
    /** The core's name of the field that is not right. */
    val wrong: String? get() = failure?.takeIf { it.name == "bad_field" }?.params?.get("field")
}

/** A membership that is typed in. */
class MembershipFormModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(MembershipFormState())
    private var device: Device? = null

    val state: StateFlow<MembershipFormState> = states.asStateFlow()

    /** Begins with empty fields. */
    fun begin() {
        letPhotoGo()
        states.value = MembershipFormState()
    }

    /** Takes over what is typed. */
    fun edit(change: (MembershipFields) -> MembershipFields) = states.update { it.copy(fields = change(it.fields), failure = null) }

    /** A code of this [kind] was read from the card. */
    fun scanned(
        kind: String,
        text: String,
    ) = edit { it.copy(codeKind = kind, codeText = text, number = it.number.ifEmpty { text }) }

    /** Lets the person choose a photo of the card. */
    fun photo(device: Device) {
        viewModelScope.launch {
            attempt { device.pickFile() }.fold(
                { path ->
                    if (path == null) return@launch
                    letPhotoGo()
                    this@MembershipFormModel.device = device
                    edit { it.copy(photo = path) }
                },
                { failure -> states.update { it.copy(failure = failure.shown()) } },
            )
        }
    }

    /** Keeps it. */
    fun save() {
        val state = states.value
        if (state.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { keep(state.fields) }.exceptionOrNull()
            if (failure == null) letPhotoGo()
            states.update { it.copy(busy = false, failure = failure?.shown(), done = failure == null) }
        }
    }

    private suspend fun keep(fields: MembershipFields) {
        val persona = session.persona
        val photo =
            fields.photo?.let { path ->
                val name = File(path).name
                persona.addFile(path, name, mediaType(name)).id
            }
        val code = fields.codeText.ifBlank { fields.number }.trim()
        val new =
            NewMembership(
                fields.organisation.trim(),
                fields.programme.trim(),
                fields.number.trim(),
                fields.tier.trim(),
                fields.codeKind,
                if (fields.codeKind.isEmpty()) "" else code,
                validFrom = null,
                validUntil = fields.until.trim().ifEmpty { null },
                picture = photo,
            )
        runCatching { persona.addMembership(new) }.onFailure { refused ->
            photo?.let(persona::removeFile)
            throw refused
        }
    }

    private fun letPhotoGo() {
        val path = states.value.fields.photo ?: return
        viewModelScope.launch { withContext(NonCancellable) { device?.letGo(path) } }
    }
}
