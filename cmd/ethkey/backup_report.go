package main

import (
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/backup"
)

// mode marks what guards nothing.
func (p *page) mode(m backup.Mode) {
	switch m {
	case backup.ModeRehearsal:
		p.line("REHEARSAL: this set guards nothing", 2)
	case backup.ModePractice:
		p.line("PRACTICE: the secret of this set is published", 2)
	}
}

// restores lists what a restore must reproduce.
func (p *page) restores(r backup.Restores) {
	if r.Network != "" {
		p.row("network", r.Network)
	}
	shown := r.Validators
	if len(shown) > 12 {
		shown = shown[:10]
	}
	for _, v := range shown {
		p.row("", v.Path)
		p.key("key", v.PublicKey)
	}
	p.omitted(uint64(len(r.Validators) - len(shown)))
	if r.PublicKey != "" {
		p.key("key", r.PublicKey)
	}
	if r.Recipient != "" {
		p.row("recipient", r.Recipient)
	}
	if r.File != nil {
		p.row("file", fmt.Sprintf("%s, %d bytes, encrypted; SHA-256 %s", r.File.Name, r.File.Size, r.File.SHA256))
	}
}

func splitSummary(s *backup.SplitSummary, fresh bool, warnings []backup.Warning, width int) string {
	p := newSummary(width)
	p.mode(s.Mode)
	p.row("secret", kindText(s.Kind, s.Phrase))
	p.restores(s.Restores)
	if s.Phrase != nil && !fresh {
		p.row("compare", "these keys with your validators'; a BIP-39 passphrase makes others (--mnemonic-password-file)")
	}
	p.row("sheets", s.Words+" restore it")
	if len(s.Protect) > 0 {
		p.row("passphrase", "for "+strings.Join(s.Protect, ", ")+": losing it loses the sheet")
	}
	where := s.Folder + ", in memory, until they are read back"
	if !s.Checked {
		where = s.Folder + ", in memory, until you say that they are printed"
	}
	if !s.InMemory {
		where = s.Folder + ", which may OUTLAST the power"
	}
	p.row("sheets to", where)
	if !s.Checked {
		p.row("UNCHECKED", "no sheet will be read back")
	}
	if s.Replaces != "" {
		p.row("replaces", "set "+s.Replaces)
	}
	p.row("record to", s.Records)
	return p.closing(s.WallsMissing, warnings)
}

func kindText(kind backup.Kind, phrase *backup.Phrase) string {
	if phrase == nil {
		return string(kind)
	}
	text := fmt.Sprintf("phrase, %d words, %s", phrase.Words, phrase.Language)
	if phrase.Passphrase {
		return text + ", with a BIP-39 passphrase, which is NOT on the sheets"
	}
	return text + ", no BIP-39 passphrase"
}

func splitReport(r *backup.SplitResult, width int) string {
	p := &page{width: width}
	p.mode(r.Mode)
	if r.Checked {
		p.line(fmt.Sprintf("set %s exists: %s restore it, each read back from paper", r.Set, r.Words), 2)
	} else {
		p.line(fmt.Sprintf("set %s is made, UNCHECKED: %s restore it, if they can be read", r.Set, r.Words), 2)
	}
	for _, s := range r.Sheets {
		text := fmt.Sprintf("  %s, fingerprint %s, read back: %s", s.Name, s.Fingerprint, s.ReadBack)
		if s.Passphrase {
			text += ", with a passphrase"
		}
		p.line(text, 4)
	}
	p.restores(r.Restores)
	p.row("record", r.Record)
	p.row("its hash", r.RecordHash)
	p.row("history", r.History)
	for _, name := range r.Pages {
		p.row("to print", name)
	}
	if r.File != "" {
		p.row("encrypted", r.File)
	}
	if r.SignedBy != "" {
		p.row("signed by", r.SignedBy)
	}
	p.unsigned(r.Unsigned)
	if r.Replaces != "" {
		p.line("set "+r.Replaces+" is marked as to be destroyed: until fewer of its sheets are left than it needs, it restores", 2)
	}
	p.line("now: one sheet to each holder, with copies of these files; then 'ethkey backup check' and 'ethkey backup drill' every year", 2)
	p.notes(r.WallsMissing, r.Notes)
	return p.String()
}

// unsigned says that a signature was asked for and did not come.
func (p *page) unsigned(why string) {
	if why != "" {
		p.row("UNSIGNED", why)
	}
}

// notes closes a report on a backup.
func (p *page) notes(missing, notes []string) {
	if len(missing) > 0 {
		p.line("without these protections: "+strings.Join(missing, ", "), 2)
	}
	for _, n := range notes {
		p.line("note: "+n, 2)
	}
}

func restoreReport(r *backup.RestoreResult, file string, width int) string {
	p := &page{width: width}
	p.mode(r.Mode)
	p.line(fmt.Sprintf("set %s restored: %s", r.Set, kindText(r.Kind, r.Phrase)), 2)
	p.row("from", strings.Join(r.Used, ", "))
	if len(r.Aside) > 0 {
		p.row("put aside", strings.Join(r.Aside, ", "))
	}
	p.restores(r.Restores)
	for _, c := range r.Compared {
		p.row("compared", c)
	}
	switch {
	case r.WordsAlone:
		p.line("THE WORDS ALONE: their keys were not compared, and without the BIP-39 passphrase they make other keys", 2)
	case r.Compared == nil:
		p.line("UNVERIFIED against a record: compare the public keys yourself", 2)
	}
	switch {
	case file != "":
		p.row("written to", file)
	case r.Restores.File != nil:
		p.line("to open the encrypted file: --envelope "+r.Restores.File.Name+" --to-file NEW; or age -d -i, with what the sheets hold", 2)
	}
	p.notes(nil, r.Notes)
	return p.String()
}

func drillReport(r *backup.DrillResult, width int) string {
	p := &page{width: width}
	p.mode(r.Report.Mode)
	p.line(fmt.Sprintf("set %s restores: drill %d, %s", r.Report.Set, r.Number, r.Time), 2)
	p.row("sheets", strings.Join(r.Report.Sheets, ", ")+", originals by the record's fingerprints")
	if len(r.Report.Aside) > 0 {
		p.row("put aside", strings.Join(r.Report.Aside, ", "))
	}
	for _, c := range r.Report.Compared {
		p.row("compared", c)
	}
	for _, k := range r.Report.Keystores {
		p.row("keystore", k)
	}
	for _, n := range r.Report.Present {
		p.row("present", n)
	}
	if r.Signed {
		p.row("signed by", r.SignedBy)
	} else {
		p.row("UNSIGNED", "whoever can write the history can change it")
	}
	p.row("history", r.History)
	p.row("its head", r.Head)
	for _, name := range r.Files {
		p.row("report", name)
	}
	p.notes(nil, r.Notes)
	return p.String()
}
