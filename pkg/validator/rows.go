package validator

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// maxRows bounds a list of validators: more than any chain has.
const maxRows = 1 << 22

// Row is a line of a list of validators: an index on the beacon chain, and a
// public key or withdrawal credentials.
type Row struct {
	Index beacon.ValidatorIndex
	Value []byte
}

// ParseRows reads a list of validators: a line for each, its index and size
// bytes in hexadecimal, with or without 0x, with a comma or blanks between.
// Empty lines and what follows a # are passed over. No index and no value may
// stand twice. what names the values in errors.
func ParseRows(text []byte, size int, what string) ([]Row, error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Refused, "the list of validators is not UTF-8 text")
	}
	var rows []Row
	indices, values := map[beacon.ValidatorIndex]int{}, map[string]int{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line, _, _ = bytes.Cut(line, []byte("#"))
		fields := strings.FieldsFunc(string(line), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		if len(fields) == 0 {
			continue
		}
		row, err := parseRow(fields, size, what)
		if err == nil {
			err = firstUse(row, number, indices, values, what)
		}
		if err != nil {
			return nil, fault.New(fault.Refused, "line %d: %w", number, err)
		}
		if rows = append(rows, row); len(rows) > maxRows {
			return nil, fault.New(fault.Refused, "line %d: more validators than any chain has", number)
		}
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.Refused, "the list of validators is empty").
			WithHint("write a line for each: its index on the beacon chain, a comma, its %s", what)
	}
	return rows, nil
}

func parseRow(fields []string, size int, what string) (Row, error) {
	if len(fields) != 2 {
		return Row{}, fmt.Errorf("want an index and a %s, found %d values", what, len(fields))
	}
	index, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil || index >= validatorLimit {
		return Row{}, fmt.Errorf("validator index %q: want a whole number below 2^32", fields[0])
	}
	value, err := hex.DecodeString(strings.TrimPrefix(fields[1], "0x"))
	if err != nil || len(value) != size {
		return Row{}, fmt.Errorf("%s: want %d hexadecimal digits", what, 2*size)
	}
	return Row{Index: beacon.ValidatorIndex(index), Value: value}, nil
}

// firstUse refuses an index or a value that stood before.
func firstUse(row Row, line int, indices map[beacon.ValidatorIndex]int, values map[string]int, what string) error {
	if at, ok := indices[row.Index]; ok {
		return fmt.Errorf("validator index %d stands in line %d too", row.Index, at)
	}
	if at, ok := values[string(row.Value)]; ok {
		return fmt.Errorf("this %s stands in line %d too", what, at)
	}
	indices[row.Index], values[string(row.Value)] = line, line
	return nil
}
