// A class of API 36 that Robolectric's shadow of a headset names, and that the phone of the tests, of API 35, does not have. Without
// it no MediaPlayer can be made there.
package android.bluetooth

@Suppress("ktlint:standard:class-naming", "ClassNaming", "unused")
class `BluetoothDevice$BluetoothAddress`
