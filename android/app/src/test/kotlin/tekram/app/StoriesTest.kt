package tekram.app

import org.junit.Test

/** The stories that a phone is told as well, here on this machine. */
class StoriesTest : AppPhone() {
    @Test
    fun `from the first start through the rooms`() = Stories(this).fromTheFirstStartThroughTheRooms()

    @Test
    fun `locked by hand it opens with its passphrase alone`() = Stories(this).lockedByHandItOpensWithItsPassphraseAlone()

    @Test
    fun `what was shared waits for the profile`() = Stories(this).whatWasSharedWaitsForTheProfile()

    @Test
    fun `a link opens a room and does nothing else`() = Stories(this).aLinkOpensARoomAndDoesNothingElse()
}
