package slashingdb

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxRecord is far more than any client's record of one key.
const maxRecord = 64 << 10

// yamlValue is the value of one line.
type yamlValue struct {
	line   int
	text   string
	quoted bool
}

func (v yamlValue) null() bool {
	return !v.quoted && (v.text == "" || v.text == "null" || v.text == "~")
}

// flatYAML reads the shape of YAML that Teku and Prysm keep their records in:
// one document of "name: value" lines at the margin, each name once. Anything
// else that YAML can say is refused, for none of them writes it, and a reader
// that guesses at a watermark may guess too low.
func flatYAML(data []byte, known ...string) (map[string]yamlValue, error) {
	if len(data) > maxRecord {
		return nil, fault.New(fault.Refused, "more than %d bytes; expected the record of one key", maxRecord)
	}
	if !utf8.Valid(data) {
		return nil, fault.New(fault.Refused, "not UTF-8 text")
	}
	values := map[string]yamlValue{}
	begun := false
	for i, line := range strings.Split(string(data), "\n") {
		n := i + 1
		line = strings.TrimRight(strings.TrimSuffix(line, "\r"), " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if line == "---" && !begun {
			begun = true
			continue
		}
		begun = true
		if err := yamlLine(values, n, line, known); err != nil {
			return nil, err
		}
	}
	if len(values) == 0 {
		return nil, fault.New(fault.Refused, "empty; expected the record of one key")
	}
	return values, nil
}

func yamlLine(values map[string]yamlValue, n int, line string, known []string) error {
	name, rest, ok := strings.Cut(line, ":")
	if !ok || (rest != "" && rest[0] != ' ') {
		return fault.New(fault.Refused, "line %d: expected \"name: value\"", n)
	}
	found := false
	for _, k := range known {
		found = found || k == name
	}
	if !found {
		return fault.New(fault.Refused, "line %d: unknown name; expected one of %s", n, strings.Join(known, ", "))
	}
	if _, twice := values[name]; twice {
		return fault.New(fault.Refused, "line %d: %s stands there twice", n, name)
	}
	value, err := yamlScalar(n, name, strings.TrimLeft(rest, " "))
	if err != nil {
		return err
	}
	values[name] = value
	return nil
}

// yamlScalar reads a word of letters and digits, in quotation marks or not.
func yamlScalar(n int, name, text string) (yamlValue, error) {
	v := yamlValue{line: n, text: text}
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		v.text, v.quoted = text[1:len(text)-1], true
	}
	if v.text == "~" && !v.quoted {
		return v, nil
	}
	for _, c := range []byte(v.text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return v, fault.New(fault.Refused, "line %d: %s: expected a number, a root or null", n, name)
		}
	}
	return v, nil
}

// number reads a whole number; ok is false for one that is absent or null.
func yamlNumber(values map[string]yamlValue, name string) (n uint64, ok bool, err error) {
	v, there := values[name]
	if !there || v.null() {
		return 0, false, nil
	}
	n, err = strconv.ParseUint(v.text, 10, 63) // as in an interchange file
	if err != nil || v.quoted || strconv.FormatUint(n, 10) != v.text {
		return 0, false, fault.New(fault.Refused, "line %d: %s: expected a whole number below 2^63", v.line, name)
	}
	return n, true, nil
}

// topLine finds the one line "name: value" at the margin of a YAML document
// whose other parts do not matter.
func topLine(data []byte, name string) (yamlValue, bool, error) {
	var found yamlValue
	there := false
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !bytes.HasPrefix(line, []byte(name+":")) {
			continue
		}
		if there {
			return found, false, fault.New(fault.Refused, "line %d: %s stands there twice", i+1, name)
		}
		values := map[string]yamlValue{}
		if err := yamlLine(values, i+1, strings.TrimRight(string(line), " \r"), []string{name}); err != nil {
			return found, false, err
		}
		found, there = values[name], true
	}
	return found, there, nil
}
