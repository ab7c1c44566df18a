package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

// Hash is the SHA-256 of a line, or the root.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Public is what may stand in a chain. A type that has the method says by it
// that none of its fields can hold a secret.
type Public interface{ Public() }

// Line is one line of a chain.
type Line struct {
	Seq       uint64
	Time      time.Time // UTC, whole seconds
	Event     string
	Prev      Hash
	Data      json.RawMessage // an object
	Entry     []byte          // the bytes that a signature covers
	Signature []byte          // armored SSHSIG, or nil
	Hash      Hash            // of the line
}

// entry is the part of a line that is signed, in its order.
type entry struct {
	Seq   uint64          `json:"seq"`
	Time  string          `json:"time"`
	Event string          `json:"event"`
	Prev  string          `json:"prev"`
	Data  json.RawMessage `json:"data"`
}

// line is a whole line, in its order.
type line struct {
	Entry     json.RawMessage `json:"entry"`
	Signature string          `json:"signature,omitempty"`
}

const (
	layout = "2006-01-02T15:04:05Z"
	// longest is the longest line, and largest the largest chain, in bytes.
	longest = 1 << 20
	largest = 64 << 20
)

var eventName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Chain is a chain that holds together. It does not change: Append makes the
// next one.
type Chain struct {
	root  Hash
	lines []Line
	text  []byte // the file
}

// New is the chain of no lines.
func New(root Hash) *Chain { return &Chain{root: root} }

// Len is how many lines there are.
func (c *Chain) Len() int { return len(c.lines) }

// Lines are the lines, the oldest first.
func (c *Chain) Lines() []Line { return c.lines }

// Bytes are the file.
func (c *Chain) Bytes() []byte { return c.text }

// Head is the hash of the last line, or the root.
func (c *Chain) Head() Hash {
	if len(c.lines) == 0 {
		return c.root
	}
	return c.lines[len(c.lines)-1].Hash
}

// Find returns the line whose entry is these very bytes.
func (c *Chain) Find(entry []byte) (Line, bool) {
	for _, l := range c.lines {
		if bytes.Equal(l.Entry, entry) {
			return l, true
		}
	}
	return Line{}, false
}

// Next returns the bytes of the entry that would follow, to be signed, or to
// be appended without.
func (c *Chain) Next(at time.Time, event string, data Public) ([]byte, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	if !eventName.MatchString(event) {
		return nil, fault.New(fault.Usage, "event %q of a chain: expected a short word in lower case", event)
	}
	return marshal(entry{
		Seq: uint64(len(c.lines)) + 1, Time: at.UTC().Format(layout), Event: event, Prev: c.Head().String(), Data: raw,
	})
}

// With returns the chain with one more line. The entry is what Next returned;
// the signature may be nil.
func (c *Chain) With(entry, signature []byte) (*Chain, error) {
	text, err := marshal(line{Entry: entry, Signature: string(signature)})
	if err != nil {
		return nil, err
	}
	l, err := c.read(len(c.lines), text)
	if err != nil {
		return nil, err
	}
	if len(c.text)+len(text)+1 > largest {
		return nil, fault.New(fault.Refused, "the chain would be larger than %d bytes", largest)
	}
	next := &Chain{root: c.root, lines: append(c.lines[:len(c.lines):len(c.lines)], l)}
	next.text = append(append(c.text[:len(c.text):len(c.text)], text...), '\n')
	return next, nil
}

// marshal is json.Marshal without the escapes for HTML, which would alter what
// was signed.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}
