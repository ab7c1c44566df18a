package selftest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// block is one case of a file: lines of "key: value". Its readers note the
// first thing that is wrong, which end returns.
type block struct {
	where  string // file and line
	keys   []string
	values map[string]string
	read   map[string]bool
	err    error
}

// parse splits a file into blocks, which empty lines divide. It takes exactly
// the form that the files have.
func parse(name string, text []byte) ([]*block, error) {
	body, ok := bytes.CutSuffix(text, []byte("\n"))
	if !ok {
		return nil, malformed(name, "does not end with a newline")
	}
	var blocks []*block
	var b *block
	for i, line := range strings.Split(string(body), "\n") {
		where := name + ":" + strconv.Itoa(i+1)
		if line == "" {
			b = nil
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok || key == "" || value == "" {
			return nil, malformed(where, "expected a key, a colon, a space and a value")
		}
		if b == nil {
			b = &block{where: where, values: map[string]string{}, read: map[string]bool{}}
			blocks = append(blocks, b)
		}
		if _, twice := b.values[key]; twice {
			return nil, malformed(where, key+" is there twice")
		}
		b.keys = append(b.keys, key)
		b.values[key] = value
	}
	return blocks, nil
}

func malformed(where, what string) error {
	return fault.New(fault.Integrity, "%s: %s", where, what)
}

// has tells whether the block has a key.
func (b *block) has(key string) bool { return b.values[key] != "" }

// text returns the value of a key, which must be there.
func (b *block) text(key string) string {
	b.read[key] = true
	value, ok := b.values[key]
	if !ok {
		b.fail("%s is missing", key)
	}
	return value
}

// hex returns the bytes of a value in lower-case hex.
func (b *block) hex(key string) []byte { return b.bytes(key, b.text(key)) }

// list returns the byte strings of a value; "none" is the empty list.
func (b *block) list(key string) [][]byte {
	var all [][]byte
	value := b.text(key)
	if value == "none" {
		return nil
	}
	for item := range strings.SplitSeq(value, " ") {
		all = append(all, b.bytes(key, item))
	}
	return all
}

func (b *block) bytes(key, value string) []byte {
	decoded, err := hex.DecodeString(value)
	if err != nil || hex.EncodeToString(decoded) != value {
		b.fail("%s: expected lower-case hex", key)
	}
	return decoded
}

// number returns a decimal number below 2^64.
func (b *block) number(key string) uint64 {
	value := b.text(key)
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != value {
		b.fail("%s: expected a number", key)
	}
	return n
}

// truth returns true or false.
func (b *block) truth(key string) bool {
	value := b.text(key)
	if value != "true" && value != "false" {
		b.fail("%s: expected true or false", key)
	}
	return value == "true"
}

// same notes a figure that did not come out.
func (b *block) same(key string, got []byte) {
	if want := b.hex(key); !bytes.Equal(got, want) {
		b.fail("%s is not the published one", key)
	}
}

// noError notes an error of what should have worked.
func (b *block) noError(what string, err error) bool {
	if err != nil {
		b.fail("%s: %w", what, err)
	}
	return err == nil
}

func (b *block) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(b.where+": "+format, args...)
	}
}

// end returns what went wrong first; a key that nobody read is wrong too.
func (b *block) end() error {
	for _, key := range b.keys {
		if !b.read[key] {
			b.fail("%s: unknown key", key)
		}
	}
	return b.err
}
