package slashingdb

import (
	"context"
	"io"
)

type reader struct{}

func newReader(ctx context.Context, r io.Reader, o ReadOptions, h Handler) *reader { return &reader{} }

func (r *reader) read() (*Reading, error) { return &Reading{}, nil }
