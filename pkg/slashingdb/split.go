package slashingdb

import (
	"bytes"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
)

// Part is one file of a table that was split.
type Part struct {
	Name string
	Keys []PublicKey
	Data []byte
}

// SplitByKey writes each key into a file of its own, named by the key in lower
// case without 0x.
func SplitByKey(t *Table) ([]Part, error) {
	var parts []Part
	for _, key := range t.Sorted() {
		p, err := t.part(key.Hex()+".json", []PublicKey{key})
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// SplitBySize writes files of at most so many bytes each: for an API that
// takes no more in one request.
func SplitBySize(t *Table, most int) ([]Part, error) {
	keys := t.Sorted()
	var parts []Part
	for len(keys) > 0 {
		n, err := t.fitting(keys, most)
		if err != nil {
			return nil, err
		}
		p, err := t.part(fmt.Sprintf("slashing-%04d.json", len(parts)+1), keys[:n])
		if err != nil {
			return nil, err
		}
		parts, keys = append(parts, p), keys[n:]
	}
	return parts, nil
}

// fitting counts the keys that fit: entries are written one after the other,
// so that the size of a file is that of its frame and of each of them.
func (t *Table) fitting(keys []PublicKey, most int) (int, error) {
	empty, err := t.part("", nil)
	if err != nil {
		return 0, err
	}
	size := len(empty.Data)
	for n, key := range keys {
		one, err := t.part("", []PublicKey{key})
		if err != nil {
			return 0, err
		}
		size += len(one.Data) - len(empty.Data) + 1 // the comma
		if size > most && n == 0 {
			return 0, fault.New(fault.Refused, "one key alone takes %d bytes; the limit is %d", size, most).WithHint("choose a greater limit")
		}
		if size > most {
			return n, nil
		}
	}
	return len(keys), nil
}

func (t *Table) part(name string, keys []PublicKey) (Part, error) {
	var b bytes.Buffer
	err := t.write(&b, keys)
	return Part{Name: name, Keys: keys, Data: b.Bytes()}, err
}
