package slashingdb

import (
	"context"
	"io"
)

// Watermarks are the minimal form of a whole file: every key in the order of
// its first entry.
type Watermarks struct {
	Keys []PublicKey
	Of   map[PublicKey]LastSigned
}

// ReadWatermarks reads a file and keeps what each key signed last.
func ReadWatermarks(ctx context.Context, r io.Reader, o ReadOptions) (*Reading, *Watermarks, error) {
	h := newWatermarkHandler()
	reading, err := Read(ctx, r, o, h)
	if err != nil {
		return nil, nil, err
	}
	return reading, h.watermarks(), nil
}

// watermarkHandler gathers the minimal form.
type watermarkHandler struct {
	keys    []PublicKey
	of      map[PublicKey]*LastSigned
	current *LastSigned
}

func newWatermarkHandler() *watermarkHandler {
	return &watermarkHandler{of: map[PublicKey]*LastSigned{}}
}

func (h *watermarkHandler) watermarks() *Watermarks {
	w := &Watermarks{Keys: h.keys, Of: make(map[PublicKey]LastSigned, len(h.of))}
	for key, l := range h.of {
		w.Of[key] = *l
	}
	return w
}

// Metadata implements Handler.
func (h *watermarkHandler) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (h *watermarkHandler) Entry(key PublicKey, _ At) error {
	h.current = h.of[key]
	if h.current == nil {
		h.current = new(LastSigned)
		h.of[key] = h.current
		h.keys = append(h.keys, key)
	}
	return nil
}

// Block implements Handler.
func (h *watermarkHandler) Block(b Block, _ At) error {
	h.current.addBlock(&b)
	return nil
}

// Attestation implements Handler.
func (h *watermarkHandler) Attestation(a Attestation, _ At) error {
	h.current.addAttestation(&a)
	return nil
}
