package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
)

// BrokenError says where a chain stops holding together.
type BrokenError struct {
	Line int // from 1
	Why  string
	Torn bool // the last line has no end: the file was cut, or a copy was
}

// Error names the line.
func (e *BrokenError) Error() string { return fmt.Sprintf("line %d of the chain: %s", e.Line, e.Why) }

func broken(i int, format string, args ...any) error {
	return fault.New(fault.Integrity, "%w", &BrokenError{Line: i + 1, Why: fmt.Sprintf(format, args...)}).
		WithHint("compare with another copy of the chain: from this line on nothing can be relied on")
}

// Parse reads a chain and checks every line against the one before it, and the
// first against the root. Every byte counts: a line that says the same in
// other bytes is broken. Signatures are the caller's to check.
func Parse(data []byte, root Hash) (*Chain, error) {
	if len(data) > largest {
		return nil, fault.New(fault.Refused, "the chain is larger than %d bytes", largest)
	}
	c := &Chain{root: root, text: data}
	for len(data) > 0 {
		text, rest, ended := bytes.Cut(data, []byte("\n"))
		if !ended {
			return nil, torn(len(c.lines))
		}
		l, err := c.read(len(c.lines), text)
		if err != nil {
			return nil, err
		}
		c.lines = append(c.lines, l)
		data = rest
	}
	return c, nil
}

func torn(i int) error {
	return fault.New(fault.Integrity, "%w", &BrokenError{Line: i + 1, Why: "it is torn off in the middle", Torn: true}).
		WithHint("the file was cut, or copied in part: take another copy of it. The lines before this one hold together")
}

// read reads line i, from 0, which follows c's lines.
func (c *Chain) read(i int, text []byte) (Line, error) {
	if len(text) > longest {
		return Line{}, broken(i, "it is longer than %d bytes", longest)
	}
	outer, err := canonical[line](text)
	if err != nil {
		return Line{}, broken(i, "%v", err)
	}
	inner, err := canonical[entry](outer.Entry)
	if err != nil {
		return Line{}, broken(i, "entry: %v", err)
	}
	if err := checkData(inner.Data); err != nil {
		return Line{}, broken(i, "entry: data: %v", err)
	}
	l := Line{
		Seq: inner.Seq, Event: inner.Event, Data: inner.Data, Entry: outer.Entry, Hash: sha256.Sum256(text),
	}
	if outer.Signature != "" {
		l.Signature = []byte(outer.Signature)
	}
	if l.Time, err = time.Parse(layout, inner.Time); err != nil || l.Time.Format(layout) != inner.Time {
		return Line{}, broken(i, "entry: time: expected a time such as 2026-11-20T12:00:00Z")
	}
	if !eventName.MatchString(l.Event) {
		return Line{}, broken(i, "entry: event: expected a short word in lower case")
	}
	return l, c.follows(i, &l, inner.Prev)
}

// follows checks the number and the hash.
func (c *Chain) follows(i int, l *Line, prev string) error {
	if l.Seq != uint64(i)+1 {
		return broken(i, "it has the number %d", l.Seq)
	}
	l.Prev = c.Head()
	switch {
	case prev == l.Prev.String():
		return nil
	case i == 0:
		return broken(i, "it belongs to something else: it does not point at %s", c.root)
	}
	return broken(i, "the line before it is not the one that it was written after")
}

// canonical reads a value that must be written as marshal writes it. That
// leaves no room for a member of another spelling, order or number.
func canonical[T any](text []byte) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(text, v); err != nil {
		return nil, fmt.Errorf("not a line of a chain")
	}
	if again, err := marshal(v); err != nil || !bytes.Equal(again, text) {
		return nil, fmt.Errorf("not written as a chain is: members missing, unknown, or in another order")
	}
	return v, nil
}

// checkData wants an object without two members of one name.
func checkData(data []byte) error {
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return fmt.Errorf("not a JSON object")
	}
	_, err := jsontext.Parse(data, longest)
	return err
}
