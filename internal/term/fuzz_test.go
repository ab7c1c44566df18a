package term

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// keys feeds typed to a decoder and calls visit for each key. The Escape key
// is cut when nothing follows.
func keys(typed []byte, visit func(key) bool) {
	var d decoder
	for _, b := range typed {
		d.feed(b)
		for k, ok := d.next(); ok; k, ok = d.next() {
			if !visit(k) {
				return
			}
		}
	}
	if d.midSequence() {
		d.cut()
		if k, ok := d.next(); ok {
			visit(k)
		}
	}
}

// FuzzField types anything at a hidden prompt.
func FuzzField(f *testing.F) {
	for _, s := range []string{
		"correct horse\r", "qé\x7f\x7f\x7f\x7f", "a b  \x17c\x15d", "\x1b[A\x1b[200~p\x1b[201~\x1bOP\x1b", "\xe5\xad\x7f\xff\x04",
		strings.Repeat("long ", 20), "\x1b[1;2;3;4;5;6;7;8;9~x", "\xc2\x85\xf0\x9f",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, typed []byte) {
		room := make([]byte, 64)
		e := &field{page: room}
		keys(typed, func(k key) bool {
			before := e.n
			switch effect := e.apply(k); {
			case e.n < 0 || e.n > len(room):
				t.Fatalf("%d bytes in a page of %d", e.n, len(room))
			case effect == gone && before > 0:
				t.Fatal("ctrl-d ended an answer")
			case effect == refused && e.n != before:
				t.Fatal("a key that does nothing did something")
			case effect == done || effect == gone:
				return false
			}
			if bytes.ContainsFunc(room[e.n:], func(r rune) bool { return r != 0 }) {
				t.Fatalf("%q was taken back and not wiped", room[e.n:])
			}
			return true
		})
		if plain(typed) && len(typed) <= len(room) && string(room[:e.n]) != string(typed) {
			t.Fatalf("%q became %q", typed, room[:e.n])
		}
	})
}

// FuzzTally types anything where rolls of a die are asked for.
func FuzzTally(f *testing.F) {
	for _, s := range []string{"123456\r", "1 2\t3\x7f\x7f\x15", "7abc\x04", "\x1b[200~654321\x1b[201~\r", "\xe5\xad\xff", strings.Repeat("6", 20)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, typed []byte) {
		room := make([]byte, 12)
		y := &tally{Tally: Tally{Unit: "rolls", Alphabet: "123456", Least: 3, Most: len(room)}, field: field{page: room}}
		out := &frame{}
		keys(typed, func(k key) bool {
			before := y.field.n
			effect := y.apply(k)
			out.wipe()
			y.draw(out, 1+len(typed)%90, 1+len(typed)%30)
			switch {
			case bytes.ContainsFunc(room[:y.field.n], func(r rune) bool { return r < '1' || r > '6' }):
				t.Fatalf("took %q", room[:y.field.n])
			case bytes.ContainsFunc(room[y.field.n:], func(r rune) bool { return r != 0 }):
				t.Fatalf("%q was taken back and not wiped", room[y.field.n:])
			case effect == done && y.field.n < y.Least:
				t.Fatalf("%d rolls ended the answer", y.field.n)
			case effect == gone && before > 0:
				t.Fatal("ctrl-d ended an answer")
			}
			return effect != done && effect != gone
		})
	})
}

// plain reports whether typed is text without any key that acts.
func plain(typed []byte) bool {
	return utf8.Valid(typed) && !bytes.ContainsFunc(typed, unicode.IsControl)
}

// few is a Speller over a few words.
type few []string

var fewWords = few{"act", "action", "actor", "abandon", "élan", "的", "가격", "zoo"}

func (l few) Complete(prefix []byte) []string {
	var out []string
	for _, w := range l {
		if strings.HasPrefix(w, string(prefix)) {
			out = append(out, w)
		}
	}
	return out
}

func (l few) Known(word []byte) bool { return slices.Contains(l, string(word)) }

func (l few) Nearest([]byte) []string { return l[:2] }

// FuzzWordEditor types anything at the entry of a mnemonic, in a window of any
// size.
func FuzzWordEditor(f *testing.F) {
	for _, s := range []string{
		"act zoo aban\tabandon \r", "zonk \x7f\x7f\x7f\x7f\x7f", "act act\x1b[D\x1b[2~zoo \r\r", "\x1b[200~1. act\r\nzoo, \x1b[201~\r",
		strings.Repeat("act ", 8), "act \x1b[D\x17\x1b[C\x1b[3~", "的 가격 élan e\u0301\u3000act", "act\x1b[D\x1b[D\x17\r\x04",
		strings.Repeat("x", 100) + " ", "act act act \r",
		"act zoo act\x1b[D\x17\x7f",
	} {
		f.Add([]byte(s), uint8(20), uint8(10))
	}
	f.Fuzz(func(t *testing.T, typed []byte, cols, rows uint8) {
		w := newWordEditor(fewWords, []int{3, 6})
		if err := w.open(); err != nil {
			t.Fatal(err)
		}
		defer w.close()
		keys(typed, func(k key) bool {
			effect := w.apply(k)
			sound(t, w)
			switch effect {
			case gone:
				return w.words() == 0 || fail(t, "ctrl-d ended a phrase under way")
			case done:
				complete(t, w)
				return false
			}
			return true
		})
		out := &frame{}
		w.draw(out, int(cols)+1, int(rows)+1)
		if !utf8.Valid(out.b) {
			t.Fatalf("the screen is not UTF-8: %q", out.b)
		}
	})
}

func fail(t *testing.T, why string) bool {
	t.Helper()
	t.Fatal(why)
	return false
}

// sound checks what always holds of an editor.
func sound(t *testing.T, w *wordEditor) {
	t.Helper()
	if w.n < 1 || w.n > w.limit || w.at < 0 || w.at >= w.n {
		t.Fatalf("cursor %d of %d slots, limit %d", w.at, w.n, w.limit)
	}
	for i := range w.limit {
		if w.sizes[i] > maxWord || i >= w.n && w.sizes[i] > 0 {
			t.Fatalf("slot %d has %d bytes", i, w.sizes[i])
		}
		if rest := w.slot(i)[w.sizes[i]:]; slices.Max(append(slices.Clone(rest), 0)) != 0 {
			t.Fatalf("%q was taken back from slot %d and not wiped", rest, i)
		}
		if i < w.n-1 && i != w.at && w.sizes[i] == 0 {
			t.Fatalf("slot %d of %d is empty, the cursor is in %d", i, w.n, w.at)
		}
		if w.sizes[i] == 0 && w.unknown[i] {
			t.Fatalf("empty slot %d is unknown", i)
		}
	}
}

// complete checks that a phrase that was taken is what it should be.
func complete(t *testing.T, w *wordEditor) {
	t.Helper()
	phrase, err := w.answer()
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	words := strings.Split(string(phrase.Bytes()), " ")
	if !slices.Contains(w.counts, len(words)) {
		t.Fatalf("a phrase of %d words was taken", len(words))
	}
	for _, word := range words {
		if !fewWords.Known([]byte(word)) {
			t.Fatalf("%q was taken", word)
		}
	}
}

// FuzzSafe: what Safe returns cannot act on a terminal, and plain text stays.
func FuzzSafe(f *testing.F) {
	for _, s := range []string{"a file.json", "x\x1b]0;title\a", "a\u202eb", "\xff\xc2", "é字\u00a0", "\U000e0001", "\u009b31m", "\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe := Safe(s)
		if !utf8.ValidString(safe) || strings.ContainsFunc(safe, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", s, safe)
		}
		if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) && safe != s {
			t.Fatalf("plain %q became %q", s, safe)
		}
	})
}

func TestSafe(t *testing.T) {
	for s, want := range map[string]string{
		"plain é字":           "plain é字",
		"x\x1b[2J":           `x\x1b[2J`,
		"a\nb\tc":            `a\x0ab\x09c`,
		"\u009b31m":          `\x9b31m`,
		"a\u202eb":           `a\u202eb`,
		"a\u200bb\u00a0":     `a\u200bb\xa0`,
		"\xff\xfe":           `\xff\xfe`,
		"\U000e0041":         `\U000e0041`,
		"\ufffd is no fault": "\ufffd is no fault",
	} {
		if got := Safe(s); got != want {
			t.Errorf("Safe(%q) = %s, want %s", s, got, want)
		}
	}
}

// TestAFrameMovesWithoutLeavingACopy fills a frame past its room.
func TestAFrameMovesWithoutLeavingACopy(t *testing.T) {
	f := &frame{}
	f.raw([]byte("secret"))
	old := f.b
	f.raw(make([]byte, 2*cap(f.b)))
	if string(old) == "secret" || string(f.b[:6]) != "secret" {
		t.Errorf("the room it left holds %q, the new one %q", old, f.b[:6])
	}
	now := f.b
	f.wipe()
	if string(now[:6]) == "secret" {
		t.Error("a wiped frame still holds its text")
	}
}

// TestNothingIsDrawnAfterRestore: the entry may be about to draw when a signal
// gives the terminal back, and what it draws would land on the normal screen.
func TestNothingIsDrawnAfterRestore(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	s := &session{t: &Terminal{}, ends: ends{out: out}, live: true}
	s.draw([]byte("shown "))
	s.live = false
	s.draw([]byte("secret"))
	if got, err := os.ReadFile(out.Name()); err != nil || string(got) != "shown " {
		t.Errorf("the screen got %q (%v)", got, err)
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"abandon": 7, "的": 2, "e\u0301": 1, "가": 2, "\u1100\u1161": 2, "あ": 2, "ﾊ": 1, "": 0} {
		if got := stringWidth(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}
