package term

import (
	"unicode"
	"unicode/utf8"

	"github.com/ethkey/ethkey/pkg/secret"
)

// field is a hidden line under way, in a secret page.
type field struct {
	page []byte
	n    int
	over bool // more was typed than the page holds
}

// effect is what a key has done to an editor.
type effect uint8

const (
	changed effect = iota // go on, draw again
	refused               // the key does nothing here
	done                  // the answer is complete
	gone                  // the person ended the input
)

// apply takes one key.
func (f *field) apply(k key) effect {
	switch k.kind {
	case keyText:
		return f.add(k.bytes())
	case keyBackspace:
		if f.n == 0 {
			return refused
		}
		_, size := utf8.DecodeLastRune(f.page[:f.n])
		f.cut(f.n - size)
	case keyClear:
		f.cut(0)
		f.over = false
	case keyWord:
		f.cut(f.lastWord())
	case keyEnter:
		return done
	case keyEnd:
		if f.n == 0 {
			return gone
		}
		return refused
	case keyPaste, keyPasted:
	default:
		return refused
	}
	return changed
}

func (f *field) add(b []byte) effect {
	if f.n+len(b) > len(f.page) {
		f.over = true
		return refused
	}
	f.n += copy(f.page[f.n:], b)
	return changed
}

// cut wipes everything from n on.
func (f *field) cut(n int) {
	secret.Wipe(f.page[n:f.n])
	f.n = n
}

// lastWord returns where the last word begins.
func (f *field) lastWord() int {
	at, seen := f.n, false
	for at > 0 {
		r, size := utf8.DecodeLastRune(f.page[:at])
		if unicode.IsSpace(r) && seen {
			break
		}
		seen = seen || !unicode.IsSpace(r)
		at -= size
	}
	return at
}
