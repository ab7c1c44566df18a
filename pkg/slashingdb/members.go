package slashingdb

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// members walks over the members of an object which the decoder has found to
// be well formed, so that nothing is checked twice.
type members struct {
	raw []byte
	pos int
}

// member is one of them. value is raw text; at is where it begins.
type member struct {
	name  []byte
	value []byte
	at    int
}

func walkMembers(object []byte) members { return members{raw: object, pos: 1} }

// next returns false after the last member.
func (m *members) next() (member, bool) {
	m.space()
	if m.raw[m.pos] == ',' {
		m.pos++
		m.space()
	}
	if m.raw[m.pos] == '}' {
		return member{}, false
	}
	begin := m.pos
	m.skipString()
	name := unquoted(m.raw[begin:m.pos])
	m.space()
	m.pos++ // the colon
	m.space()
	at := m.pos
	m.skipValue()
	return member{name: name, value: m.raw[at:m.pos], at: at}, true
}

func (m *members) space() {
	for {
		switch m.raw[m.pos] {
		case ' ', '\n', '\r', '\t':
			m.pos++
		default:
			return
		}
	}
}

func (m *members) skipString() {
	m.pos++
	for {
		switch m.raw[m.pos] {
		case '"':
			m.pos++
			return
		case '\\':
			m.pos++
		}
		m.pos++
	}
}

func (m *members) skipValue() {
	switch m.raw[m.pos] {
	case '"':
		m.skipString()
	case '{', '[':
		m.skipNested()
	default:
		m.pos += bytes.IndexAny(m.raw[m.pos:], ",}] \t\r\n")
	}
}

func (m *members) skipNested() {
	for depth := 0; ; {
		switch m.raw[m.pos] {
		case '"':
			m.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		m.pos++
		if depth == 0 {
			return
		}
	}
}

// unquoted returns the text of a JSON string. Only one with escapes is copied.
func unquoted(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return raw // not reached: the decoder has checked it
	}
	return text
}

// kindOf names the kind of a raw value for messages.
func kindOf(raw []byte) string {
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	}
	return "a number"
}
