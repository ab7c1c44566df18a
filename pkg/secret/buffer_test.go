package secret

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

const canary = "canary-in-a-coal-mine-0123456789"

func mustFrom(t *testing.T, text string) *Buffer {
	t.Helper()
	b, err := From([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// leaks reports whether out shows the canary in any form fmt knows.
func leaks(out string) bool {
	for _, form := range []string{"%s", "%x", "%X", "%#x", "% x", "%# x", "%d", "%b", "%o", "%c", "%U"} {
		if strings.Contains(out, strings.Trim(fmt.Sprintf(form, []byte(canary)), "[]")) {
			return true
		}
	}
	return strings.Contains(out, "0x63, 0x61, 0x6e, 0x61, 0x72, 0x79")
}

func TestLeaksSeesALeak(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%b", "%o"} {
		outer := struct{ hidden []byte }{[]byte(canary)}
		if out := fmt.Sprintf(verb, outer); !leaks(out) {
			t.Errorf("the canary in %s passes unseen: %s", verb, out)
		}
	}
}

type outer struct {
	name   string
	hidden *Buffer
	plain  Buffer
	list   []*Buffer
	byName map[string]*Buffer
	any    any
}

func TestPrintsRedactedForEveryVerb(t *testing.T) {
	b := mustFrom(t, canary)
	o := outer{"x", b, *b, []*Buffer{b}, map[string]*Buffer{"k": b}, b}
	for verb := rune(0x20); verb < 0x7f; verb++ {
		for _, flags := range []string{"", "+", "#", " ", "-", "0", "#+", "100", ".3"} {
			format := "%" + flags + string(verb)
			if verb == '%' || strings.ContainsRune("*[]0123456789.+-# ", verb) {
				continue
			}
			// fmt answers %T and %p by itself and refuses %w outside Errorf.
			if got := fmt.Sprintf(format, b); got != "[redacted]" && !strings.ContainsRune("Tpw", verb) || leaks(got) {
				t.Errorf("%s prints %q", format, got)
			}
			for _, v := range []any{o, &o, []outer{o}, *b, []Buffer{*b}, struct{ e any }{&o}, fmt.Errorf("%w: %v", errors.New("e"), o)} {
				if out := fmt.Sprintf(format, v); leaks(out) {
					t.Errorf("%s of %T leaks: %s", format, v, out)
				}
			}
		}
	}
	for _, got := range []string{b.String(), b.GoString(), fmt.Sprint(b), fmt.Sprintln(b)} {
		if strings.TrimSpace(got) != "[redacted]" {
			t.Errorf("prints %q", got)
		}
	}
}

func TestNilAndZeroBuffersAreEmpty(t *testing.T) {
	for _, b := range []*Buffer{nil, {}} {
		if b.Len() != 0 || b.Bytes() != nil || fmt.Sprint(b) != "[redacted]" {
			t.Errorf("%d bytes, prints %v", b.Len(), b)
		}
		b.Truncate(0)
		b.Close()
		if c, err := b.Clone(); err != nil || c.Len() != 0 {
			t.Errorf("clone of an empty buffer: %v, %v", c, err)
		}
	}
}

func TestRefusesToBeMarshalled(t *testing.T) {
	b := mustFrom(t, canary)
	type Open struct{ Secret *Buffer }
	encoders := map[string]func(any) ([]byte, error){
		"json": json.Marshal,
		"xml":  xml.Marshal,
		"gob": func(v any) ([]byte, error) {
			var out bytes.Buffer
			err := gob.NewEncoder(&out).Encode(v)
			return out.Bytes(), err
		},
	}
	for name, encode := range encoders {
		for _, v := range []any{b, Open{b}, &Open{b}, []*Buffer{b}} {
			out, err := encode(v)
			if !errors.Is(err, ErrMarshal) && (err == nil || !strings.Contains(err.Error(), ErrMarshal.Error())) {
				t.Errorf("%s of %T: error %v", name, v, err)
			}
			if leaks(string(out)) {
				t.Errorf("%s of %T leaks: %q", name, v, out)
			}
		}
	}
	for name, marshal := range map[string]func() ([]byte, error){
		"MarshalText": b.MarshalText, "MarshalJSON": b.MarshalJSON, "MarshalBinary": b.MarshalBinary,
	} {
		if out, err := marshal(); !errors.Is(err, ErrMarshal) || out != nil {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

func TestNoLogLineShowsASecret(t *testing.T) {
	b := mustFrom(t, canary)
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("made", "key", b, "outer", outer{hidden: b}, slog.Group("g", "key", b))
	}
	if out.Len() == 0 || leaks(out.String()) {
		t.Errorf("logged %q", out.String())
	}
}

func TestFromWipesItsArgument(t *testing.T) {
	src := []byte(canary)
	b, err := From(src)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !bytes.Equal(src, make([]byte, len(canary))) {
		t.Error("the source is not wiped")
	}
	if string(b.Bytes()) != canary {
		t.Error("the buffer holds something else")
	}
}

func TestCloseWipesAndEmpties(t *testing.T) {
	b, err := From([]byte(canary + canary[:5]))
	if err != nil {
		t.Fatal(err)
	}
	kept := b.Bytes()
	b.Close()
	if !bytes.Equal(kept, make([]byte, len(kept))) {
		t.Error("bytes survive Close")
	}
	if b.Bytes() != nil || b.Len() != 0 {
		t.Error("a closed buffer still answers")
	}
	b.Close()
	b.Truncate(0)
	if c, err := b.Clone(); err != nil || c.Len() != 0 {
		t.Error("a closed buffer clones to something")
	}
}

func TestClosingACopyLeavesTheNextTenantAlone(t *testing.T) {
	first, err := From([]byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	twin := *first
	first.Close()
	tenant := mustFrom(t, canary) // first fit: the very same cell
	twin.Close()
	if string(tenant.Bytes()) != canary {
		t.Error("the second Close wiped another secret")
	}
	if other := mustFrom(t, "other"); &other.Bytes()[0] == &tenant.Bytes()[0] {
		t.Error("the second Close gave another secret's cell away")
	}
}

func TestTruncateWipesTheTail(t *testing.T) {
	b := mustFrom(t, canary)
	whole := b.Bytes()
	b.Truncate(40)
	if b.Len() != len(canary) {
		t.Error("truncating past the end changed the length")
	}
	b.Truncate(6)
	if string(b.Bytes()) != canary[:6] || cap(b.Bytes()) != 6 {
		t.Errorf("left %d bytes of capacity %d", b.Len(), cap(b.Bytes()))
	}
	if !bytes.Equal(whole[6:], make([]byte, len(canary)-6)) {
		t.Error("the tail survives")
	}
	if b.Truncate(-1); b.Len() != 0 || whole[0] != 0 {
		t.Error("a negative length leaves bytes")
	}
}

func TestCloneAndEqual(t *testing.T) {
	b := mustFrom(t, canary)
	c, err := b.Clone()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if !b.Equal(c) || !c.Equal(b) {
		t.Error("a clone differs")
	}
	c.Bytes()[31] ^= 1
	if b.Equal(c) {
		t.Error("one flipped bit passes as equal")
	}
	if string(b.Bytes()) != canary {
		t.Error("writing to the clone changed the original")
	}
	if short := mustFrom(t, canary[:31]); b.Equal(short) || b.Equal(nil) {
		t.Error("a prefix passes as equal")
	}
	var none *Buffer
	if !none.Equal(&Buffer{}) {
		t.Error("two empty buffers differ")
	}
}

func TestSizesOutOfRangeAreRefused(t *testing.T) {
	const maxInt = int(^uint(0) >> 1)
	for _, n := range []int{-1, -maxInt, maxSize + 1, maxInt} {
		if b, err := New(n); err == nil {
			b.Close()
			t.Errorf("New(%d) succeeds", n)
		}
	}
}

func TestBuffersDoNotOverlap(t *testing.T) {
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for round := range 300 {
				size := (worker*37 + round*13) % 700
				b, err := New(size)
				if err != nil {
					t.Error(err)
					return
				}
				for i, c := range b.Bytes() {
					if c != 0 {
						t.Errorf("a new buffer has a byte set at %d", i)
						break
					}
				}
				mark := bytes.Repeat([]byte{byte(worker + 1)}, size)
				copy(b.Bytes(), mark)
				clone, err := b.Clone()
				if err != nil {
					t.Error(err)
					return
				}
				if !bytes.Equal(b.Bytes(), mark) || !b.Equal(clone) {
					t.Error("another buffer's bytes appeared")
				}
				b.Close()
				clone.Close()
			}
		})
	}
	wg.Wait()
}
