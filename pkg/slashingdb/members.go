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
	// plain says that no string of the object has an escape: each ends at the
	// next quotation mark.
	plain bool
}

// member is one of them. value is raw text; at is where it begins.
type member struct {
	name  []byte
	value []byte
	at    int
}

func walkMembers(object []byte) members {
	return members{raw: object, pos: 1, plain: bytes.IndexByte(object, '\\') < 0}
}

// next returns false after the last member.
func (m *members) next(to *member) bool {
	m.space()
	if m.raw[m.pos] == ',' {
		m.pos++
		m.space()
	}
	if m.raw[m.pos] == '}' {
		return false
	}
	begin := m.pos
	m.skipString()
	to.name = m.raw[begin+1 : m.pos-1]
	if !m.plain {
		to.name = unquoted(m.raw[begin:m.pos])
	}
	m.space()
	m.pos++ // the colon
	m.space()
	to.at = m.pos
	m.skipValue()
	to.value = m.raw[to.at:m.pos]
	return true
}

func (m *members) space() {
	for m.raw[m.pos] <= ' ' {
		m.pos++
	}
}

func (m *members) skipString() {
	if m.plain {
		m.pos += 2 + bytes.IndexByte(m.raw[m.pos+1:], '"')
		return
	}
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
