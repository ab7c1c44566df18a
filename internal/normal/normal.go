// Package normal brings secret text into a normal form of Unicode (UAX #15) and
// leaves no copy of it outside secret memory.
package normal

import (
	"bytes"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Text returns prefix, and text in the form.
func Text(form norm.Form, prefix string, text []byte) (*secret.Buffer, error) {
	out, err := secret.New(len(prefix) + write(form, nil, text))
	if err != nil {
		return nil, err
	}
	write(form, out.Bytes()[copy(out.Bytes(), prefix):], text)
	return out, nil
}

// write puts text in the form into dst as far as dst goes, and returns the length
// of it all. The iterator holds a letter at a time and is cleared.
func write(form norm.Form, dst, text []byte) (n int) {
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	for it.Init(form, text); !it.Done(); {
		segment := it.Next()
		n += len(segment)
		dst = dst[secret.Copy(dst, segment):]
	}
	return n
}

// joiner (U+034F) is what golang.org/x/text puts into a run of more than 30
// combining marks (UAX #15, Stream-Safe Text Format), and other programs do not.
var joiner = []byte("\u034f")

// Joined tells whether a run of marks in text is so long that programs differ in
// how they normalise it: out is what Text made of text.
func Joined(out, text []byte) bool { return bytes.Count(out, joiner) != bytes.Count(text, joiner) }
