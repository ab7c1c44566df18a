package build

import (
	_ "embed"
	"strings"
)

// pgpWords is the PGP word list (P. Juola and P. Zimmermann, 1995) in its second
// edition: appendix D of the PGPfreeware 6.5.1 manual. PGPfone's own manual has
// the first, which differs in a few words. Line b holds the two words of byte b:
// two syllables for an even offset, three for an odd one, so that a word left
// out, said twice or swapped with its neighbour is heard.
//
//go:embed pgpwords.txt
var pgpWords string

// Words returns the 32 words of a SHA-256, for reading aloud.
func Words(sum [32]byte) []string { return words(sum[:]) }

func words(b []byte) []string {
	list := strings.Fields(pgpWords)
	out := make([]string, len(b))
	for i, c := range b {
		out[i] = list[2*int(c)+i%2]
	}
	return out
}
