// Package paper puts text on paper and gets it back: QR codes, pages to print,
// and the reading of photographs and scans of them.
//
// # Reading
//
// [ReadPicture] takes a file as a phone or a scanner wrote it, and says what
// texts the codes in it hold. JPEG, PNG and the pictures embedded in a PDF are
// read; what else a device may write is recognised and refused with what to set
// on the device.
//
// A sheet that was photographed by hand, or that lay in a drawer under a leaking
// roof, is not read in one try. The reader climbs a ladder, the cheapest step
// first: the picture as it is, smaller, larger, without specks, turned, cut into
// tiles, and last by a search of our own for codes that are bent, or one corner
// of which is lost. It stops when it has what there is, or when the context ends.
// A text is returned only if the error correction of the code itself accepted it;
// whose text it is, is for the caller to find out.
//
// # Copies
//
// The text of a share is a secret. What this package owns of it, pixels and text,
// is wiped; the texts it returns are for the caller to wipe. The decoders of the
// standard library and of gozxing keep their own copies on the heap, which nothing
// can wipe: they last until the process ends.
//
// # Limits
//
// All sizes are checked before memory is taken for them; see [Limits].
package paper
