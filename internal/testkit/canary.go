package testkit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Canary knows secrets, and finds them where they must not be: in files, in
// output, in the memory of a process.
type Canary struct {
	needles []needle
}

type needle struct {
	name  string // of the secret
	form  string // how it is written
	bytes []byte
}

// Finding is a place where a secret lies. It does not hold the secret.
type Finding struct {
	Where  string
	Secret string
	Form   string
	Offset int64
}

// String says where what was found.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s at offset %d", f.Where, f.What(), f.Offset)
}

// What names the secret and its form.
func (f Finding) What() string { return f.Secret + " (" + f.Form + ")" }

// NewCanary returns a Canary that knows nothing yet.
func NewCanary() *Canary { return new(Canary) }

// Add registers a secret: its bytes, in order and reversed, in hexadecimal and
// in base64 at each alignment.
func (c *Canary) Add(name string, secret []byte) {
	reversed := slices.Clone(secret)
	slices.Reverse(reversed)
	for _, order := range []struct {
		form  string
		bytes []byte
	}{{"", slices.Clone(secret)}, {"reversed ", reversed}} {
		digits := hex.EncodeToString(order.bytes)
		c.add(name, order.form+"raw", order.bytes)
		c.add(name, order.form+"hex", []byte(digits))
		c.add(name, order.form+"upper-case hex", []byte(strings.ToUpper(digits)))
	}
	for _, e := range []struct {
		form     string
		encoding *base64.Encoding
	}{{"base64", base64.RawStdEncoding}, {"base64url", base64.RawURLEncoding}} {
		for shift := range 3 {
			c.add(name, e.form, inBase64(e.encoding, secret, shift))
		}
	}
}

// inBase64 returns the digits that depend on secret alone when it begins shift
// bytes into what is encoded.
func inBase64(e *base64.Encoding, secret []byte, shift int) []byte {
	digits := e.AppendEncode(nil, append(make([]byte, shift), secret...))
	from := (shift*8 + 5) / 6
	to := (shift + len(secret)) * 8 / 6
	return digits[from:to]
}

// fewWords is how many words of a phrase in a row are too many.
const fewWords = 4

// AddText registers a phrase: the text, its words with and without single
// spaces between, and every run of four words.
func (c *Canary) AddText(name, text string) {
	c.Add(name, []byte(text))
	words := strings.Fields(text)
	c.add(name, "words run together", []byte(strings.Join(words, "")))
	for i := 0; i+fewWords <= len(words); i++ {
		form := fmt.Sprintf("words %d to %d", i+1, i+fewWords)
		c.add(name, form, []byte(strings.Join(words[i:i+fewWords], " ")))
		c.add(name, form+", a line each", []byte(strings.Join(words[i:i+fewWords], "\n")))
	}
}

// add registers a needle, unless it is there already or too short to tell.
func (c *Canary) add(name, form string, b []byte) {
	known := slices.ContainsFunc(c.needles, func(n needle) bool { return bytes.Equal(n.bytes, b) })
	if len(b) >= 4 && !known {
		c.needles = append(c.needles, needle{name, form, b})
	}
}

// Scan returns the first place of each form of each secret in data.
func (c *Canary) Scan(where string, data []byte) []Finding { return c.scan(where, data, 0) }

// scan looks at each place once, however many needles there are: those that
// begin as it does are found by their first two bytes.
func (c *Canary) scan(where string, data []byte, base int64) []Finding {
	var first [1 << 16]uint16 // needle's number, from 1
	next := make([]uint16, len(c.needles)+1)
	for i, n := range c.needles {
		key := uint16(n.bytes[0]) | uint16(n.bytes[1])<<8
		next[i+1], first[key] = first[key], uint16(i+1)
	}
	var found []Finding
	seen := make([]bool, len(c.needles)+1)
	for at := 0; at+1 < len(data); at++ {
		for k := first[uint16(data[at])|uint16(data[at+1])<<8]; k != 0; k = next[k] {
			if n := c.needles[k-1]; !seen[k] && bytes.HasPrefix(data[at:], n.bytes) {
				seen[k] = true
				found = append(found, Finding{where, n.name, n.form, base + int64(at)})
			}
		}
	}
	return found
}

// ScanTree scans every file under dir, and the names of files, but those for
// which skip (which may be nil) answers true.
func (c *Canary) ScanTree(dir string, skip func(path string) bool) ([]Finding, error) {
	var found []Finding
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || (skip != nil && skip(path)) {
			return err
		}
		found = append(found, c.Scan("the name of "+path, []byte(entry.Name()))...)
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		found = append(found, c.Scan(path, data)...)
		return err
	})
	return found, err
}

// ErrUnreadable is returned by ScanProcess when the process lets nobody read
// its memory.
var ErrUnreadable = errors.New("the memory of the process cannot be read")
