package sshsig

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
)

const (
	allowedLimit   = 1 << 20
	allowedEntries = 4096
)

// AllowedSigners is a file of keys and whose they are, in the format that
// ssh-keygen(1) describes under ALLOWED SIGNERS.
type AllowedSigners struct {
	entries []entry
}

// entry is one line of the file.
type entry struct {
	line       int
	principals string
	namespaces []string // patterns; none means every namespace
	after      stamp
	before     stamp
	key        ssh.PublicKey
}

// ParseAllowedSigners reads a file of allowed signers. A line that is not
// understood fails the file: an option that is passed over would allow more
// than its author meant.
func ParseAllowedSigners(data []byte) (*AllowedSigners, error) {
	if len(data) > allowedLimit {
		return nil, fault.New(fault.Refused, "the file of allowed signers is larger than %d bytes", allowedLimit)
	}
	a := new(AllowedSigners)
	for i, line := range bytes.Split(data, []byte("\n")) {
		text := strings.TrimSpace(string(line))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if !utf8.ValidString(text) {
			return nil, inLine(i, "not UTF-8 text")
		}
		e, err := parseEntry(i, text)
		if err != nil {
			return nil, err
		}
		if a.entries = append(a.entries, *e); len(a.entries) > allowedEntries {
			return nil, fault.New(fault.Refused, "the file of allowed signers has more than %d keys", allowedEntries)
		}
	}
	if len(a.entries) == 0 {
		return nil, fault.New(fault.Refused, "the file of allowed signers names nobody").
			WithHint("a line is: name@example.org ssh-ed25519 AAAA...")
	}
	return a, nil
}

func inLine(i int, format string, args ...any) *fault.Error {
	return fault.New(fault.Refused, "allowed signers, line %d: "+format, append([]any{i + 1}, args...)...)
}

// parseEntry reads principals, options, the type of the key, the key and a
// comment, with blanks between.
func parseEntry(i int, text string) (*entry, error) {
	e := &entry{line: i + 1}
	principals, rest, ok := word(text)
	if e.principals = strings.Trim(principals, `"`); !ok || e.principals == "" {
		return nil, inLine(i, "a quotation mark is not closed, or the principals are missing")
	}
	first, after, ok := word(rest)
	if !ok {
		return nil, inLine(i, "a quotation mark is not closed")
	}
	if !isKeyType(first) {
		if err := e.options(i, first); err != nil {
			return nil, err
		}
		if first, after, ok = word(after); !ok || !isKeyType(first) {
			return nil, inLine(i, "expected the type of a key, as ssh-ed25519, after the options").
				WithHint("a line is: name@example.org ssh-ed25519 AAAA...")
		}
	}
	text, _, _ = word(after)
	return e, e.parseKey(i, first, text)
}

func (e *entry) parseKey(i int, keyType, text string) error {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || text == "" {
		return inLine(i, "the key is not base64")
	}
	if e.key, err = ssh.ParsePublicKey(data); err != nil {
		return inLine(i, "the key cannot be read")
	}
	if e.key.Type() != keyType {
		return inLine(i, "the key is one of the type %s, not %s", cut(e.key.Type()), cut(keyType))
	}
	if err := checkKey(e.key); err != nil {
		return inLine(i, "%w", err).WithHint("%s", fault.HintOf(err))
	}
	return nil
}

func isKeyType(s string) bool {
	for _, prefix := range []string{"ssh-", "ecdsa-", "sk-"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// word cuts the first word off; blanks between quotation marks belong to it.
func word(s string) (first, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	quoted := false
	for i, c := range s {
		switch {
		case c == '"':
			quoted = !quoted
		case (c == ' ' || c == '\t') && !quoted:
			return s[:i], s[i:], true
		}
	}
	return s, "", !quoted
}

// options reads name="value" and bare names, with commas between.
func (e *entry) options(i int, text string) error {
	for len(text) > 0 {
		name, value, rest, ok := option(text)
		if !ok {
			return inLine(i, `options: expected name="value" with commas between`)
		}
		if err := e.option(i, name, value); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// option cuts the first option off.
func option(text string) (name, value, rest string, ok bool) {
	stop := strings.IndexAny(text, `=,`)
	if stop < 0 || text[stop] == ',' {
		name, rest, _ = strings.Cut(text, ",")
		return name, "", rest, name != ""
	}
	name, rest = text[:stop], text[stop+1:]
	if !strings.HasPrefix(rest, `"`) {
		return name, "", "", false
	}
	if value, rest, ok = strings.Cut(rest[1:], `"`); !ok {
		return name, "", "", false
	}
	if rest == "" {
		return name, value, "", true
	}
	rest, ok = strings.CutPrefix(rest, ",")
	return name, value, rest, ok && rest != ""
}

func (e *entry) option(i int, name, value string) (err error) {
	name = strings.ToLower(name)
	if name == "namespaces" && e.namespaces != nil || name == "valid-after" && e.after.set || name == "valid-before" && e.before.set {
		return inLine(i, "%s stands twice", name)
	}
	switch name {
	case "namespaces":
		e.namespaces = strings.Split(value, ",")
		if value == "" {
			return inLine(i, "namespaces: expected at least one")
		}
	case "valid-after":
		e.after, err = parseStamp(value)
	case "valid-before":
		e.before, err = parseStamp(value)
	case "cert-authority":
		return inLine(i, "cert-authority: certificates are not accepted").WithHint("list each signer's own key")
	default:
		return inLine(i, "unknown option %q", cut(name)).
			WithHint("expected namespaces, valid-after or valid-before")
	}
	if err != nil {
		return inLine(i, "%s: %w", name, err)
	}
	return nil
}

// find returns the principals of the first line that allows the key, or says
// why the line that has it does not.
func (a *AllowedSigners) find(key ssh.PublicKey, namespace string, at time.Time) (string, error) {
	marshaled := key.Marshal()
	reason := notAllowed(key, "the file of allowed signers does not have it")
	for i := range a.entries {
		e := &a.entries[i]
		if !bytes.Equal(e.key.Marshal(), marshaled) {
			continue
		}
		switch {
		case len(e.namespaces) > 0 && !matchList(namespace, e.namespaces):
			reason = notAllowed(key, "allowed signers, line %d: %s may not sign for %s", e.line, cut(e.principals), namespace)
		case e.after.set && at.Before(e.after.in(at.Location())):
			reason = notAllowed(key, "allowed signers, line %d: %s may sign only after %s", e.line, cut(e.principals), e.after.text)
		case e.before.set && at.After(e.before.in(at.Location())):
			reason = notAllowed(key, "allowed signers, line %d: %s may sign only before %s", e.line, cut(e.principals), e.before.text)
		default:
			return e.principals, nil
		}
	}
	return "", reason
}
