package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may stand in each other.
const maxDepth = 16

// Object is a JSON object that knows its path in the file.
type Object struct {
	path    string
	names   []string
	members map[string]any
}

// Parse reads data, which must be one JSON object in UTF-8 of at most limit
// bytes, in which no object has two members of one name. A byte order mark at
// the start is passed over. Errors never quote the file: the wrong file may
// hold a secret.
func Parse(data []byte, limit int) (*Object, error) {
	dec, err := open(data, limit)
	if err != nil {
		return nil, err
	}
	value, err := readValue(dec, "", 0)
	if err != nil {
		return nil, err
	}
	object, ok := value.(*Object)
	if !ok {
		return nil, fmt.Errorf("want a JSON object, found %s", kind(value))
	}
	return object, nil
}

// ParseList reads data like Parse, where it must be an array of objects. In
// errors the objects are called by the noun and a number from 1 on.
func ParseList(data []byte, limit int, noun string) ([]*Object, error) {
	dec, err := open(data, limit)
	if err != nil {
		return nil, err
	}
	if token, err := dec.Token(); err != nil || token != json.Delim('[') {
		return nil, errors.New("want a JSON array, found another value")
	}
	var objects []*Object
	for dec.More() {
		name := fmt.Sprintf("%s %d", noun, len(objects)+1)
		value, err := readValue(dec, name, 0)
		if err != nil {
			return nil, err
		}
		object, ok := value.(*Object)
		if !ok {
			return nil, fmt.Errorf("%s: want an object, found %s", name, kind(value))
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// open checks size, encoding and syntax of the whole of data.
func open(data []byte, limit int) (*json.Decoder, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("the file is larger than %d bytes", limit)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errors.New("the file is not UTF-8 text")
	}
	if err := checkSyntax(data); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return dec, nil
}

// checkSyntax finds trailing data and every syntax error, by line and column.
func checkSyntax(data []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New("not JSON")
	}
	before := data[:max(0, min(int(syntax.Offset)-1, len(data)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Errorf("not JSON: line %d, column %d", line, column)
}

// readValue reads the next value. The syntax has been checked, so that the
// decoder cannot fail on it.
func readValue(dec *json.Decoder, path string, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("%s: not JSON", path)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if depth == maxDepth {
		return nil, fmt.Errorf("%s: objects and arrays stand more than %d deep", path, maxDepth)
	}
	if delim == '[' {
		return readArray(dec, path, depth)
	}
	return readObject(dec, path, depth)
}

func readArray(dec *json.Decoder, path string, depth int) (any, error) {
	values := []any{}
	for dec.More() {
		value, err := readValue(dec, fmt.Sprintf("%s[%d]", path, len(values)), depth+1)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	_, err := dec.Token()
	return values, err
}

func readObject(dec *json.Decoder, path string, depth int) (any, error) {
	o := &Object{path: path, members: map[string]any{}}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if o.Has(name) {
			return nil, fmt.Errorf("%s: stands twice", o.Path(name))
		}
		value, err := readValue(dec, o.Path(name), depth+1)
		if err != nil {
			return nil, err
		}
		o.names = append(o.names, name)
		o.members[name] = value
	}
	_, err := dec.Token()
	return o, err
}

// Names returns the members' names in the order of the file.
func (o *Object) Names() []string { return o.names }

// Has says whether there is a member with that name, be it null.
func (o *Object) Has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// IsNull says whether there is a member with that name which is null.
func (o *Object) IsNull(name string) bool {
	v, ok := o.members[name]
	return ok && v == nil
}

// Path returns the path of a member, for an error.
func (o *Object) Path(name string) string {
	if strings.ContainsFunc(name, unplain) || name == "" || len(name) > 64 {
		name = Show(name)
	}
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func unplain(r rune) bool { return r <= ' ' || r > '~' || r == '.' || r == '"' }

// Object returns the member that is an object.
func (o *Object) Object(name string) (*Object, error) {
	v, ok := o.members[name].(*Object)
	if !ok {
		return nil, o.wrong(name, "an object")
	}
	return v, nil
}

// String returns the member that is a string.
func (o *Object) String(name string) (string, error) {
	v, ok := o.members[name].(string)
	if !ok {
		return "", o.wrong(name, "a string")
	}
	return v, nil
}

// Uint returns the member that is a whole number without sign, point or
// exponent.
func (o *Object) Uint(name string) (uint64, error) {
	v, ok := o.members[name].(json.Number)
	if !ok {
		return 0, o.wrong(name, "a whole number")
	}
	n, err := strconv.ParseUint(v.String(), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: want a whole number of at most 64 bits, found %s", o.Path(name), clip(v.String()))
	}
	return n, nil
}

// Number returns the digits of the member that is a number.
func (o *Object) Number(name string) (string, error) {
	v, ok := o.members[name].(json.Number)
	if !ok {
		return "", o.wrong(name, "a number")
	}
	return v.String(), nil
}

func (o *Object) wrong(name, want string) error {
	v, ok := o.members[name]
	if !ok {
		return fmt.Errorf("%s: missing, want %s", o.Path(name), want)
	}
	return fmt.Errorf("%s: want %s, found %s", o.Path(name), want, kind(v))
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	default:
		return "an object"
	}
}
