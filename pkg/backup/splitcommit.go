package backup

import (
	"context"
	"path"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
)

type namedFile struct {
	name string
	data []byte
}

// commit writes what stays: the encrypted file, the public pages, the history,
// and last the record, by which the set exists.
func (s *splitting) commit(ctx context.Context) (*SplitResult, error) {
	first, got, err := s.firstEntry(ctx)
	if err != nil {
		return nil, err
	}
	ctx = got.context(ctx)
	pages, err := s.publicPages()
	if err != nil {
		return nil, err
	}
	var files []namedFile
	if s.sealed != nil {
		files = append(files, namedFile{s.req.DataName, s.sealed})
	}
	files = append(append(files, pages...), namedFile{s.record.HistoryName(), first.Bytes()}, namedFile{s.record.RecordName(), s.file})
	records, err := s.machine.Open(s.req.Records)
	if err != nil {
		return nil, err
	}
	report, err := writeFiles(ctx, records, ".", files)
	if err != nil {
		return nil, err
	}
	s.notes = append(s.notes, notes(report)...)
	return s.result(records.Name(), pages, got), nil
}

// writeFiles puts files into a folder, together.
func writeFiles(ctx context.Context, fsys atomicfile.FS, folder string, files []namedFile) (atomicfile.Report, error) {
	set, err := atomicfile.Begin(fsys, folder)
	if err != nil {
		return atomicfile.Report{}, err
	}
	for _, f := range files {
		if err := set.Add(f.name, f.data); err != nil {
			return atomicfile.Report{}, err
		}
	}
	return set.Commit(ctx, nil)
}

func notes(report atomicfile.Report) (out []string) {
	if !report.ModesKept {
		out = append(out, "the medium has no modes: every user of a machine may read and change what lies on it")
	}
	if report.Fallback != "" {
		out = append(out, report.Fallback)
	}
	for _, r := range report.Removed {
		out = append(out, "removed what an earlier run that was killed left: "+r)
	}
	return out
}

// firstEntry is the history of a set that was just made.
func (s *splitting) firstEntry(ctx context.Context) (*chain.Chain, signed, error) {
	c, h := chain.New(chain.Hash(s.hash)), &history{record: s.record}
	got, err := s.req.Sign.signAnyway(ctx, h.entryName(EventMade, 1), func(unsigned bool) ([]byte, error) {
		return c.Next(s.now, EventMade, Made{
			Set: s.record.Set, Mode: s.record.Mode, RecordHash: s.hash.String(), Checked: s.checked(), Sheets: s.sheetList(), Unsigned: unsigned,
		})
	})
	if err != nil {
		return nil, got, err
	}
	c, err = c.With(got.entry, got.signature)
	return c, got, err
}

// publicPages are the instruction sheet and the printed record.
func (s *splitting) publicPages() ([]namedFile, error) {
	instructions, err := ComposeInstructions(s.now, s.req.Paper)
	if err != nil {
		return nil, err
	}
	record, err := ComposeRecord(s.record, s.file, s.req.Paper)
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(s.record.RecordName(), ".json")
	return []namedFile{{base + "-instructions.pdf", instructions}, {base + "-record.pdf", record}}, nil
}

func (s *splitting) sheetList() []SplitSheet {
	list := make([]SplitSheet, len(s.sheets))
	for i, sheet := range s.sheets {
		list[i] = SplitSheet{
			Name: sheet.Name(), Fingerprint: s.record.Sheets[i].Fingerprint, Passphrase: sheet.Protected(), ReadBack: s.back[i],
		}
	}
	return list
}

func (s *splitting) result(folder string, pages []namedFile, got signed) *SplitResult {
	out := &SplitResult{
		Set: s.record.Set, Mode: s.record.Mode, Kind: s.record.Kind, Scheme: s.record.Scheme, Words: s.record.Scheme.String(),
		Record: path.Join(folder, s.record.RecordName()), RecordHash: s.hash.String(), History: path.Join(folder, s.record.HistoryName()),
		Checked: s.checked(), Sheets: s.sheetList(), Restores: s.restores, Replaces: s.record.Replaces, SignedBy: got.by,
		Unsigned: got.missing, Notes: s.notes, WallsMissing: s.machine.WallsMissing,
	}
	for _, p := range pages {
		out.Pages = append(out.Pages, path.Join(folder, p.name))
	}
	if s.sealed != nil {
		out.File = path.Join(folder, s.req.DataName)
	}
	return out
}
