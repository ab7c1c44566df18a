// Package mnemonic turns random bytes into words and words into a seed, as
// BIP-39 says, in its ten languages.
//
// ENT bits of entropy (128 to 256, in steps of 32) and the first ENT/32 bits
// of their SHA-256 are cut into groups of eleven bits; each is an index into a
// list of 2048 words. The seed is PBKDF2-HMAC-SHA512 over the sentence, 2048
// rounds, salted with "mnemonic" and the passphrase. Sentence and passphrase
// are in Unicode form NFKD.
//
// Parse reads what people write: any white space, either case, composed or
// decomposed letters. Of a word its first four letters count, as in
// ethstaker-deposit-cli: "aban", "abandon" and "abandonzz" are one word, "aba"
// is none, and a word shorter than four letters is written whole. An accent
// left out is put back, in the lists of Latin script only: the voicing marks
// of Japanese and the jamo of Korean tell words apart.
//
// Without a language given, the phrase is in the one whose list has all of its
// words and under which its checksum holds. Words that stand in a list as
// typed go before words that lack an accent.
//
// What a phrase fails on is an error of its own: CountError, WordError with
// the position and the nearest words of the list, ChecksumError, and
// AmbiguousError where two languages fit. None of them repeats what was
// typed, which may be the secret but for one letter.
//
// The words of a Mnemonic are kept as indices in a secret.Buffer. The strings
// that Word returns are entries of the public list.
package mnemonic
