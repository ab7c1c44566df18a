package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// attempts bounds how often a set is split again because a code could not be
// read at the first attempt.
const attempts = 64

// splitting is the state of one Run.
type splitting struct {
	*SplitPlan
	papers
	progress Progress
	now      time.Time
	secret   *shamir.Secret
	owned    bool // the secret was drawn here
	sealed   []byte
	restores Restores
	record   *Record
	file     []byte // the record's
	hash     Hash
	notes    []string
}

// Run splits, writes the sheets, has each of them read back, and only then
// writes the record and its history. When it fails, or ctx ends, no sheet is
// left behind and there is no record; but when only the signature fails, the set
// exists, and the result says that it is unsigned.
func (p *SplitPlan) Run(ctx context.Context, desk Desk, progress Progress) (*SplitResult, error) {
	s := &splitting{SplitPlan: p, progress: progress, now: p.machine.Now()}
	s.papers = papers{desk: desk, folder: p.req.Sheets, noCheck: p.req.NoCheck}
	defer s.forget()
	result, err := s.all(ctx)
	if err = s.ended(interrupted(ctx, err)); err != nil {
		return nil, err
	}
	return result, nil
}

// interrupted names the end of ctx where err says no more than that.
func interrupted(ctx context.Context, err error) error {
	if known := (*fault.Error)(nil); ctx.Err() != nil && err != nil && !errors.As(err, &known) {
		return fault.New(fault.Interrupted, "interrupted")
	}
	return err
}

func (s *splitting) all(ctx context.Context) (*SplitResult, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.make(ctx); err != nil {
		return nil, err
	}
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	fsys, err := s.machine.Open(s.req.Sheets)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, fsys, func(sheet *shamir.Sheet) string { return s.record.sheetName(sheet) + ending(s.req.Text) })
	if err != nil {
		return nil, err
	}
	if err := s.print(ctx); err != nil {
		return nil, err
	}
	return s.commit(ctx)
}

func ending(text bool) string {
	if text {
		return ".txt"
	}
	return ".pdf"
}

// prepare settles what is split and what a restore must reproduce.
func (s *splitting) prepare() (err error) {
	s.secret, s.restores = s.req.Secret, s.Summary.Restores
	if s.req.Data == nil {
		return nil
	}
	identity, err := NewIdentity(s.machine.Rand)
	if err != nil {
		return err
	}
	s.secret, s.owned = &shamir.Secret{Kind: shamir.KindAge, Data: identity}, true
	if s.sealed, err = Seal(identity, s.req.Data.Bytes()); err != nil {
		return err
	}
	if s.restores, err = restoresOf(s.secret, nil, nil); err != nil {
		return err
	}
	s.restores.File = &SealedFile{Name: s.req.DataName, Size: len(s.sealed), SHA256: HashRecord(s.sealed).String()}
	return nil
}

// make splits until every code of every sheet is read at the first attempt and
// no record of another set has the name.
func (s *splitting) make(ctx context.Context) error {
	for range attempts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := s.attempt(ctx)
		if err == nil || !errors.Is(err, paper.ErrUnreadable) && !errors.Is(err, errTaken) {
			return err
		}
		s.wipe()
	}
	return fault.New(fault.Environment, "after %d attempts there is still a sheet whose code is not read at once", attempts).
		WithHint("split into fewer sheets")
}

var errTaken = errors.New("a set of that name has a record already")

func (s *splitting) attempt(ctx context.Context) (err error) {
	flags := (&Record{Mode: s.req.mode()}).Flags()
	if s.sheets, err = shamir.Split(s.machine.Rand, *s.secret, s.req.Scheme, flags); err != nil {
		return err
	}
	if err := s.describe(ctx); err != nil {
		return err
	}
	if err := s.free(); err != nil {
		return err
	}
	for _, sheet := range s.sheets {
		if err := Readable(sheet); err != nil {
			return err
		}
	}
	for i, sheet := range s.sheets {
		page, err := s.page(sheet)
		if err != nil {
			return err
		}
		s.pages = append(s.pages, page)
		if s.progress != nil {
			s.progress(i+1, len(s.sheets))
		}
	}
	return nil
}

// describe makes the record, and puts passphrases on the sheets that get one.
// The place of a share has to be noted before it is encrypted.
func (s *splitting) describe(ctx context.Context) error {
	s.words = make([]*secret.Buffer, len(s.sheets))
	r := &Record{
		Version: RecordVersion, Set: s.sheets[0].ID().String(), Mode: s.req.mode(), Made: day(s.now), Label: s.req.Label,
		Kind: kinds[s.secret.Kind], Phrase: phraseOf(s.secret), Scheme: schemeOf(s.req.Scheme), Restores: s.restores, Replaces: s.Summary.Replaces,
	}
	for i := range s.sheets {
		x := int(s.sheets[i].X())
		if err := s.protect(ctx, i); err != nil {
			return err
		}
		sum, err := s.sheets[i].Fingerprint()
		if err != nil {
			return err
		}
		r.Sheets = append(r.Sheets, Sheet{
			Group: s.sheets[i].Group(), Number: s.sheets[i].Number(), X: x, Fingerprint: fmt.Sprintf("%x", sum), Passphrase: s.words[i] != nil,
		})
	}
	return s.settle(r)
}

// settle fixes the bytes of the record, and holds them to what is asked of a
// record that is read.
func (s *splitting) settle(r *Record) (err error) {
	if s.file, err = r.Marshal(); err != nil {
		return err
	}
	s.record, s.set, s.hash = r, r.Set, HashRecord(s.file)
	if _, err = ParseRecord(s.file); err != nil {
		return fault.New(fault.Integrity, "the record that was made is not one: %w", err)
	}
	return nil
}

// protect puts a passphrase on sheet i, if it is to have one.
func (s *splitting) protect(ctx context.Context, i int) error {
	sheet := s.sheets[i]
	for _, ref := range s.req.Protect {
		if ref.Group == sheet.Group() && ref.Number == sheet.Number() {
			var err error
			s.sheets[i], s.words[i], err = protect(ctx, s.machine, sheet)
			return err
		}
	}
	return nil
}

// protect draws a passphrase for a sheet, which it closes when it returns
// another.
func protect(ctx context.Context, m Machine, sheet *shamir.Sheet) (*shamir.Sheet, *secret.Buffer, error) {
	words, err := shamir.NewPassphrase(m.Rand)
	if err != nil {
		return sheet, nil, err
	}
	locked, err := shamir.Protect(ctx, sheet, words)
	if err != nil {
		words.Close()
		return sheet, nil, err
	}
	sheet.Close()
	return locked, words, nil
}

// free refuses a set whose name another set's record has.
func (s *splitting) free() error {
	records, err := s.machine.Open(s.req.Records)
	if err != nil {
		return err
	}
	for _, name := range []string{s.record.RecordName(), s.record.HistoryName()} {
		if _, err := records.Lstat(name); err == nil {
			return errTaken
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Environment, "%s: %w", path.Join(records.Name(), name), err)
		}
	}
	return nil
}

// page composes one sheet.
func (s *splitting) page(sheet *shamir.Sheet) ([]byte, error) {
	return composeSheet(SheetData{
		Sheet: sheet, Scheme: s.req.Scheme, Label: s.req.Label, RecordHash: s.hash, Made: s.now, BIP39: s.record.bip39(), Paper: s.req.Paper,
	}, s.req.Text)
}

// composeSheet returns the file of a sheet, in ordinary memory: the kernel
// writes no other. The caller wipes it.
func composeSheet(d SheetData, text bool) ([]byte, error) {
	if !text {
		return ComposeSheet(d)
	}
	page, err := ComposeText(d)
	if err != nil {
		return nil, err
	}
	defer page.Close()
	return append([]byte(nil), page.Bytes()...), nil
}

// bip39 is what the sheets say of a passphrase. Only a mnemonic's do: what the
// others guard is not theirs to tell.
func (r *Record) bip39() Passphrase {
	switch {
	case r.Phrase == nil:
		return PassphraseBlank
	case r.Phrase.Passphrase:
		return PassphraseYes
	default:
		return PassphraseNo
	}
}

// prove combines the sheets as their texts say them, and compares the secret.
func (s *splitting) prove(ctx context.Context) error {
	var pile shamir.Pile
	defer pile.Close()
	for i, sheet := range s.sheets {
		again, err := s.reread(ctx, i, sheet)
		if err != nil {
			return err
		}
		if _, err := pile.Add(again); err != nil {
			again.Close()
			return err
		}
	}
	got, err := pile.Combine(s.sheets[0].ID())
	if err != nil {
		return fault.New(fault.Integrity, "the sheets that were made do not restore: %w", err)
	}
	defer got.Close()
	if !equal(got, s.secret) {
		return fault.New(fault.Integrity, "the sheets that were made restore something else")
	}
	return nil
}

func (s *splitting) reread(ctx context.Context, i int, sheet *shamir.Sheet) (*shamir.Sheet, error) {
	text, err := sheet.Text()
	if err != nil {
		return nil, err
	}
	defer text.Close()
	again, err := shamir.Parse(text.Bytes())
	if err != nil || s.words[i] == nil {
		return again, err
	}
	defer again.Close()
	return shamir.Unprotect(ctx, again, s.words[i])
}

// forget wipes the set, and a secret that was drawn for it.
func (s *splitting) forget() {
	s.wipe()
	if s.owned {
		s.secret.Close()
	}
}
