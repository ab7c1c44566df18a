package storetest

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func importRaises(s *suite) {
	store, k := s.new(), Keys(s, 3)
	report := s.importFile(store, s.file(history{k[0], last(100, 10, 11)}, history{k[1], slashingdb.LastSigned{}}))
	if report.New != 2 || report.Raised != 0 || report.Unchanged != 0 || len(report.Keys) != 2 {
		s.Errorf("report %+v", report)
	}
	s.expect(store, block(k[0], 100, 1), slashingdb.SlotNotAbove)
	s.expect(store, block(k[1], 1, 1), slashingdb.Sign) // an empty entry is a history, of nothing
	// Each field by itself: a newer block with an older attestation.
	report = s.importFile(store, s.file(
		history{k[0], last(200, 9, 10)}, history{k[1], slashingdb.LastSigned{}}, history{k[2], last(1, 1, 1)}))
	if report.New != 1 || report.Raised != 1 || report.Unchanged != 1 {
		s.Errorf("report %+v", report)
	}
	if got := s.record(store, k[0]).LastSigned; got != last(200, 10, 11) {
		s.Errorf("raised to %+v", got)
	}
	for _, r := range report.Keys {
		if r.Key == k[0] && (r.Before != last(100, 10, 11) || r.After != last(200, 10, 11) || r.New) {
			s.Errorf("report %+v", r)
		}
	}
	// Two entries for a key, the older last.
	s.importFile(store, s.file(history{k[2], last(50, 5, 6)}, history{k[2], last(40, 4, 5)}))
	if got := s.record(store, k[2]).LastSigned; got != last(50, 5, 6) {
		s.Errorf("two entries: raised to %+v", got)
	}
}

func importAtomic(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.importFile(store, s.file(history{k[0], last(10, 1, 2)}))
	whole := string(s.file(history{k[0], last(20, 3, 4)}, history{k[1], last(20, 3, 4)}))
	for name, file := range map[string]string{
		"cut short":     whole[:len(whole)-3],
		"bad number":    strings.Replace(whole, `"20"`, `"20x"`, 2),
		"more after it": whole + "{}",
		"bad key":       strings.Replace(whole, k[1].Hex(), strings.Repeat("ff", 48), 1),
		"no version":    strings.Replace(whole, `"interchange_format_version":"5",`, "", 1),
	} {
		if file == whole {
			s.Fatalf("%s: the file is as it was", name)
		}
		_, err := store.Import(context.Background(), strings.NewReader(file), slashingdb.ImportOptions{Name: name})
		s.refused(name, err, nil)
		if err != nil && !strings.Contains(err.Error(), name) {
			s.Errorf("%s: the error does not name the file: %v", name, err)
		}
	}
	_, err := store.Import(context.Background(), failingReader{[]byte(whole)}, slashingdb.ImportOptions{})
	s.refused("a file that cannot be read to its end", err, nil)
	if got := s.record(store, k[0]).LastSigned; got != last(10, 1, 2) {
		s.Errorf("an import that failed left %+v", got)
	}
	s.absent(store, k[1])
}

// failingReader gives half a file, and fails.
type failingReader struct{ text []byte }

func (f failingReader) Read(p []byte) (int, error) {
	return copy(p, f.text[:len(f.text)/2]), errors.New("the medium is gone")
}

func importChain(s *suite) {
	store, k := s.new(), Keys(s, 1)
	other := chain
	other.GenesisValidatorsRoot = beacon.Root{1}
	_, err := store.Import(context.Background(), bytes.NewReader(s.fileOf(other, history{k[0], last(1, 1, 1)})), slashingdb.ImportOptions{})
	s.refused("a file of another chain", err, nil)
	file := string(s.file(history{k[0], last(1, 1, 1)}))
	without := strings.Replace(file, `,"genesis_validators_root":"`+chain.GenesisValidatorsRoot.String()+`"`, "", 1)
	if without == file {
		s.Fatal("the file still has its root")
	}
	_, err = store.Import(context.Background(), strings.NewReader(without), slashingdb.ImportOptions{})
	s.refused("a file of no chain", err, nil)
	s.absent(store, k[0])
}

func importFuture(s *suite) {
	store, k := s.new(), Keys(s, 2)
	day := beacon.Epoch(24 * 3600 / (12 * 32))
	far := s.file(history{k[0], last(1, 1, 1)}, history{k[1], last(1, 1, 10_000+day+1)})
	_, err := store.Import(context.Background(), bytes.NewReader(far), slashingdb.ImportOptions{})
	s.refused("a file of the day after tomorrow", err, nil)
	s.absent(store, k[0])
	s.importFile(store, s.file(history{k[0], last(1, 1, 10_000+day)}))
	_, err = store.Import(context.Background(), bytes.NewReader(far), slashingdb.ImportOptions{AllowFuture: true})
	s.must(err)
}

func raise(s *suite) {
	store, k := s.new(), Keys(s, 3)
	s.importFile(store, s.file(history{k[0], last(100, 10, 20)}, history{k[1], last(1, 1, 1)}))
	report, err := store.Raise(context.Background(), nil, last(50, 15, 15))
	s.must(err)
	if report.Raised != 2 || report.New != 0 {
		s.Errorf("report %+v", report)
	}
	if got := s.record(store, k[0]).LastSigned; got != last(100, 15, 20) {
		s.Errorf("raised to %+v", got)
	}
	if got := s.record(store, k[1]).LastSigned; got != last(50, 15, 15) {
		s.Errorf("raised to %+v", got)
	}
	// A key that the store does not know gets a record.
	report, err = store.Raise(context.Background(), k[2:], last(60, 16, 16))
	s.must(err)
	if report.New != 1 || len(report.Keys) != 1 {
		s.Errorf("report %+v", report)
	}
	s.expect(store, block(k[2], 60, 1), slashingdb.SlotNotAbove)
	s.expect(store, block(k[2], 61, 1), slashingdb.Sign)
	report, err = store.Raise(context.Background(), k, last(1, 1, 1))
	s.must(err)
	if report.Unchanged != 3 {
		s.Errorf("report %+v", report)
	}
}

func exported(s *suite) {
	store, k := s.new(), Keys(s, 3)
	s.admit(store, k...)
	s.expect(store, block(k[0], 7, 1), slashingdb.Sign)
	s.expect(store, attestation(k[0], 3, 4, 2), slashingdb.Sign)
	s.expect(store, attestation(k[1], 3, 5, 0), slashingdb.Sign)
	var all, one bytes.Buffer
	s.must(store.Export(context.Background(), &all, nil))
	s.must(store.Export(context.Background(), &one, k[:1]))
	second := s.new()
	if report := s.importFile(second, all.Bytes()); report.New != 3 {
		s.Errorf("report %+v", report)
	}
	for _, key := range k {
		if a, b := s.record(store, key), s.record(second, key); a != b {
			s.Errorf("%+v became %+v", a, b)
		}
	}
	s.expect(second, block(k[0], 7, 1), slashingdb.Repeat)
	if strings.Contains(one.String(), k[1].Hex()) || !strings.Contains(one.String(), k[0].Hex()) {
		s.Errorf("the export of one key: %s", one.String())
	}
	unknown := []slashingdb.PublicKey{{1}}
	s.refused("the export of a key without a record", store.Export(context.Background(), discard{}, unknown), nil)
}
