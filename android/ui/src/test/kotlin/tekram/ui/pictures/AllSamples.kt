// Every sample of every room.
package tekram.ui.pictures

import tekram.ui.common.commonSamples
import tekram.ui.history.answer.answerSamples
import tekram.ui.history.bring.bringSamples
import tekram.ui.history.capture.captureSamples
import tekram.ui.history.edit.editSamples
import tekram.ui.history.feed.feedSamples
import tekram.ui.history.feed.playerSamples
import tekram.ui.history.historySamples
import tekram.ui.history.share.shareSamples
import tekram.ui.keep.keepSamples
import tekram.ui.me.meSamples
import tekram.ui.pay.paySamples
import tekram.ui.relations.relationsSamples
import tekram.ui.start.startSamples
import tekram.ui.vault.vaultSamples
import tekram.ui.want.wantSamples

/** In the order of the page. */
val allSamples: List<Sample> =
    startSamples + historySamples + answerSamples + captureSamples + feedSamples + playerSamples + shareSamples + editSamples + bringSamples + paySamples +
        wantSamples +
        relationsSamples + meSamples + keepSamples + vaultSamples + commonSamples
