package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

// fact is what the tests keep in chains.
type fact struct {
	Text string `json:"text"`
}

// Public implements Public.
func (fact) Public() {}

var (
	root = Hash(sha256.Sum256([]byte("a record")))
	noon = time.Date(2026, 11, 20, 12, 0, 0, 999, time.UTC)
)

func add(t testing.TB, c *Chain, text string, signature []byte) *Chain {
	t.Helper()
	entry, err := c.Next(noon, "drill", fact{text})
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.With(entry, signature)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func three(t testing.TB) *Chain {
	c := add(t, New(root), "one", nil)
	c = add(t, c, "two <&> \u2028", []byte("-----BEGIN SSH SIGNATURE-----\nAAAA\n"))
	return add(t, c, "three", nil)
}

func TestAChainIsReadAsItWasWritten(t *testing.T) {
	c := three(t)
	again, err := Parse(c.Bytes(), root)
	if err != nil {
		t.Fatal(err)
	}
	if again.Head() != c.Head() || again.Len() != 3 {
		t.Fatal("another head")
	}
	for i, l := range again.Lines() {
		if l.Seq != uint64(i)+1 || l.Event != "drill" || !l.Time.Equal(noon.Truncate(time.Second)) {
			t.Errorf("line %d: %+v", i+1, l)
		}
		if found, ok := again.Find(l.Entry); !ok || found.Hash != l.Hash {
			t.Errorf("line %d is not found by its entry", i+1)
		}
	}
	if s := again.Lines()[1].Signature; string(s) != "-----BEGIN SSH SIGNATURE-----\nAAAA\n" {
		t.Errorf("signature %q", s)
	}
}

// TestTheHashIsOfTheLine computes the hash as anybody would, with the text.
func TestTheHashIsOfTheLine(t *testing.T) {
	c := three(t)
	lines := bytes.Split(bytes.TrimSpace(c.Bytes()), []byte("\n"))
	prev := root
	for i, text := range lines {
		if want := fmt.Sprintf(`"prev":"%s"`, prev); !bytes.Contains(text, []byte(want)) {
			t.Errorf("line %d does not have %s", i+1, want)
		}
		prev = sha256.Sum256(text)
	}
	if prev != c.Head() {
		t.Error("the head is not the hash of the last line")
	}
}

// TestEveryByteOfAChainCounts changes each byte but those of the last line,
// which only a signature covers.
func TestEveryByteOfAChainCounts(t *testing.T) {
	text := three(t).Bytes()
	last := bytes.LastIndexByte(text[:len(text)-1], '\n') + 1
	for i := range last {
		for _, to := range []byte{text[i] ^ 1, text[i] ^ 0x20, ' ', '\n'} {
			changed := bytes.Clone(text)
			changed[i] = to
			if bytes.Equal(changed, text) {
				continue
			}
			if _, err := Parse(changed, root); err == nil {
				t.Fatalf("byte %d changed to %q, and the chain holds", i, to)
			} else if fault.KindOf(err) != fault.Integrity || !errors.As(err, new(*BrokenError)) {
				t.Fatal(err)
			}
		}
	}
}

func TestTheFirstBrokenLineIsNamed(t *testing.T) {
	lines := bytes.SplitAfter(three(t).Bytes(), []byte("\n"))
	join := func(order ...int) []byte {
		var out []byte
		for _, i := range order {
			out = append(out, lines[i]...)
		}
		return out
	}
	edit := func(i int, old, to string) []byte {
		changed := bytes.Replace(lines[i], []byte(old), []byte(to), 1)
		if bytes.Equal(changed, lines[i]) {
			t.Fatal("nothing to edit")
		}
		return bytes.Join([][]byte{join([]int{0, 1, 2}[:i]...), changed, join([]int{0, 1, 2}[i+1:]...)}, nil)
	}
	for name, c := range map[string]struct {
		text []byte
		line int
		why  string
	}{
		"a line left out":        {join(0, 2), 2, "has the number 3"},
		"lines exchanged":        {join(0, 2, 1), 2, "has the number 3"},
		"a line twice":           {join(0, 0, 1), 2, "has the number 1"},
		"the first left out":     {join(1, 2), 1, "has the number 2"},
		"a changed fact":         {edit(0, "one", "uno"), 2, "written after"},
		"a changed signature":    {edit(1, "AAAA", "BBBB"), 3, "written after"},
		"a signature taken away": {edit(1, `,"signature":"-----BEGIN SSH SIGNATURE-----\nAAAA\n"`, ""), 3, "written after"},
		"an empty line":          {append(join(0), append([]byte("\n"), join(1)...)...), 2, "not a line"},
		"another spelling":       {edit(1, `"seq"`, `"Seq"`), 2, "in another order"},
		"blanks":                 {edit(2, `:{"seq"`, `: {"seq"`), 3, "in another order"},
		"a member twice":         {edit(2, `{"text":"three"}`, `{"text":"three","text":"four"}`), 3, "stands twice"},
		"a member more":          {edit(2, `"seq":3,`, `"seq":3,"zero":0,`), 3, "in another order"},
		"a fact that is none":    {edit(2, `{"text":"three"}`, `"three"`), 3, "data"},
		"no such day":            {edit(2, "2026-11-20", "2026-11-31"), 3, "time"},
		"another zone":           {edit(2, `00Z`, `00+00:00`), 3, "time"},
		"an event by no name":    {edit(2, `"drill"`, `"Drill 3"`), 3, "event"},
		"another chain":          {edit(0, root.String(), strings.Repeat("0", 64)), 1, "belongs to something else"},
	} {
		_, err := Parse(c.text, root)
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Line != c.line || !strings.Contains(err.Error(), c.why) || broken.Torn {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATornLineIsRecognised(t *testing.T) {
	text := three(t).Bytes()
	first := bytes.IndexByte(text, '\n') + 1
	for cut := first + 1; cut < len(text); cut += 7 {
		_, err := Parse(text[:cut], root)
		line := 1 + bytes.Count(text[:cut], []byte("\n"))
		if text[cut-1] == '\n' {
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		var broken *BrokenError
		if !errors.As(err, &broken) || !broken.Torn || broken.Line != line {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	if c, err := Parse(nil, root); err != nil || c.Head() != root {
		t.Error("an empty chain is not its root", err)
	}
}

// TestWhatAChainCannotTell states what signatures and reports are for.
func TestWhatAChainCannotTell(t *testing.T) {
	lines := bytes.SplitAfter(three(t).Bytes(), []byte("\n"))
	if _, err := Parse(bytes.Join(lines[:2], nil), root); err != nil {
		t.Error("a cut tail is seen, which no hash can show:", err)
	}
}

func TestAnAppendedChainDoesNotChangeTheOldOne(t *testing.T) {
	one := add(t, New(root), "one", nil)
	two, other := add(t, one, "two", nil), add(t, one, "other", nil)
	for _, c := range []*Chain{one, two, other} {
		if again, err := Parse(c.Bytes(), root); err != nil || again.Head() != c.Head() {
			t.Error(err)
		}
	}
	if two.Head() == other.Head() || one.Len() != 1 {
		t.Error("chains share what they must not")
	}
}

func TestEntriesThatCannotFollow(t *testing.T) {
	c := add(t, New(root), "one", nil)
	entry, err := c.Next(noon, "drill", fact{"two"})
	if err != nil {
		t.Fatal(err)
	}
	later := add(t, c, "two", nil)
	if _, err := later.With(entry, nil); err == nil {
		t.Error("an entry was put after one that it does not know")
	}
	if _, err := c.Next(noon, "Not A Word", fact{}); err == nil {
		t.Error("an event by no name")
	}
	if _, err := c.With([]byte(`{"seq":2}`), nil); err == nil {
		t.Error("an entry without its members")
	}
}

// FuzzParse: what is read is written the same, and every line follows.
func FuzzParse(f *testing.F) {
	c := three(f)
	f.Add(c.Bytes())
	f.Add([]byte{})
	f.Add(c.Bytes()[:len(c.Bytes())/2])
	f.Add([]byte(`{"entry":{"seq":1,"time":"2026-11-20T12:00:00Z","event":"made","prev":"","data":{}}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data, root)
		if err != nil {
			return
		}
		again := New(root)
		for _, l := range c.Lines() {
			if !json.Valid(l.Data) {
				t.Fatal("data is not JSON")
			}
			if again, err = again.With(l.Entry, l.Signature); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(again.Bytes(), data) || again.Head() != c.Head() {
			t.Fatal("another text says the same")
		}
	})
}
