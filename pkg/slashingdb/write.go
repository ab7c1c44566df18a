package slashingdb

import (
	"bufio"
	"encoding/hex"
	"io"
	"strconv"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// Writer streams an interchange file of version 5: one message a line, keys
// and roots in lower case, no signing_root where none is known. Call Entry,
// then its blocks and its attestations (either list first, not mixed), and
// Close at the end. After an error it writes nothing more.
type Writer struct {
	w    *bufio.Writer
	line []byte
	err  error

	entries int
	list    int // which list is open: noList, blockList, attestationList
	done    [3]bool
}

const (
	noList = iota
	blockList
	attestationList
)

var listNames = [...]string{blockList: "signed_blocks", attestationList: "signed_attestations"}

// NewWriter begins a file for the chain of that genesis validators root.
func NewWriter(w io.Writer, genesisValidatorsRoot beacon.Root) *Writer {
	out := &Writer{w: bufio.NewWriterSize(w, 64<<10)}
	out.put(`{"metadata":{"interchange_format_version":"5","genesis_validators_root":"` + genesisValidatorsRoot.String() + `"},"data":[`)
	return out
}

// Entry begins the entry of a key and ends the one before.
func (w *Writer) Entry(key PublicKey) error {
	w.endEntry()
	if w.entries++; w.entries > 1 {
		w.put(",")
	}
	w.put("\n{\"pubkey\":\"" + key.String() + `"`)
	w.done = [3]bool{}
	return w.err
}

// Block writes a block of the current entry.
func (w *Writer) Block(b Block) error {
	w.begin(blockList)
	w.line = append(w.line, `{"slot":"`...)
	w.line = strconv.AppendUint(w.line, uint64(b.Slot), 10)
	return w.endMessage(b.Root, b.HasRoot)
}

// Attestation writes an attestation of the current entry.
func (w *Writer) Attestation(a Attestation) error {
	w.begin(attestationList)
	w.line = append(w.line, `{"source_epoch":"`...)
	w.line = strconv.AppendUint(w.line, uint64(a.Source), 10)
	w.line = append(w.line, `","target_epoch":"`...)
	w.line = strconv.AppendUint(w.line, uint64(a.Target), 10)
	return w.endMessage(a.Root, a.HasRoot)
}

// LastSigned writes the whole entry of a key in its minimal form.
func (w *Writer) LastSigned(key PublicKey, l LastSigned) error {
	err := w.Entry(key)
	if b, ok := l.Block(); ok {
		err = w.Block(b)
	}
	if a, ok := l.Attestation(); ok {
		err = w.Attestation(a)
	}
	return err
}

// History writes the whole entry of a key.
func (w *Writer) History(key PublicKey, h History) error {
	err := w.Entry(key)
	for _, b := range h.Blocks {
		err = w.Block(b)
	}
	for _, a := range h.Attestations {
		err = w.Attestation(a)
	}
	return err
}

// Close ends the file. It does not close the writer below.
func (w *Writer) Close() error {
	w.endEntry()
	w.put("\n]}\n")
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

// begin opens the list, ends the other one, and starts a line.
func (w *Writer) begin(list int) {
	w.line = w.line[:0]
	if w.list == list {
		w.line = append(w.line, ",\n"...)
		return
	}
	if w.err == nil && (w.entries == 0 || w.done[list]) {
		w.err = fault.New(fault.Integrity, "%s written out of order", listNames[list])
	}
	w.endList()
	w.list, w.done[list] = list, true
	w.line = append(w.line, `,"`+listNames[list]+"\":[\n"...)
}

func (w *Writer) endMessage(root beacon.Root, has bool) error {
	w.line = append(w.line, '"')
	if has {
		w.line = append(w.line, `,"signing_root":"0x`...)
		w.line = hex.AppendEncode(w.line, root[:])
		w.line = append(w.line, '"')
	}
	w.line = append(w.line, '}')
	if w.err == nil {
		_, w.err = w.w.Write(w.line)
	}
	return w.err
}

func (w *Writer) endList() {
	if w.list != noList {
		w.put("]")
	}
	w.list = noList
}

// endEntry writes the lists that had no message: the EIP requires both.
func (w *Writer) endEntry() {
	if w.entries == 0 {
		return
	}
	w.endList()
	for _, list := range []int{blockList, attestationList} {
		if !w.done[list] {
			w.put(`,"` + listNames[list] + `":[]`)
		}
	}
	w.put("}")
}

func (w *Writer) put(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}
