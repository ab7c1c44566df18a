package main

import (
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
)

// readAll reads a file of at most limit bytes that holds no secret.
func (e *env) readAll(name string, limit int64) ([]byte, error) {
	return dropin.ReadFile(e.read, name, limit)
}

// maxRecord bounds a record.
const maxRecord = 16 << 20

// readRecord reads the record of a set.
func (e *env) readRecord(name string) (*backup.Record, error) {
	data, err := e.readAll(name, maxRecord)
	if err != nil {
		return nil, err
	}
	record, err := backup.ParseRecord(data)
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", name, err).WithHint("%s", fault.HintOf(err))
	}
	return record, nil
}
