package dropin

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// KindFile is the kind of what fits on no sheet: it is encrypted, and its key is
// split.
const KindFile backup.Kind = "file"

// kinds are what --kind takes, the usual one first.
var kinds = []backup.Kind{backup.KindMnemonic, backup.KindPassword, backup.KindSecretKey, backup.KindAge, backup.KindText, KindFile}

// BackupSplit gathers what "backup split" needs. Close wipes its secrets.
type BackupSplit struct {
	Kind  backup.Kind
	New   bool   // make the phrase in the same act
	Words uint64 // of a new phrase
	// Ready is called before a phrase is asked for, with the scheme: what it
	// refuses is not found out after somebody has typed one.
	Ready func(shamir.Scheme) error

	chain
	phrase
	keyfile
	session *Session
	secret  *secret.Buffer
	data    *secret.Buffer
	name    string
	count   uint64
	start   uint64
	sheets  uint64
	needed  uint64
	groups  []shamir.Group
	groupsT uint64
}

// NewBackupSplit returns an empty request that asks through s.
func NewBackupSplit(s *Session, m validator.Machine) *BackupSplit {
	return &BackupSplit{
		Kind: backup.KindMnemonic, Words: newWords, count: 1, session: s,
		chain: chain{session: s}, phrase: phrase{session: s}, keyfile: keyfile{session: s, machine: m},
	}
}

// Close wipes the secrets.
func (b *BackupSplit) Close() {
	b.phrase.close()
	b.keyfile.close()
	b.secret.Close()
	b.data.Close()
}

// is tells whether the kind is one of these.
func (b *BackupSplit) is(kinds ...backup.Kind) bool { return slices.Contains(kinds, b.Kind) }

// Options lists the options of "backup split".
func (b *BackupSplit) Options() []Option {
	ofPhrase := func() bool { return b.is(backup.KindMnemonic) }
	options := when(ofPhrase, b.chainOptions())
	options = append(options, b.schemeOptions()...)
	phraseOptions := filesOnly(b.phraseOptions())
	for i := range phraseOptions {
		o := &phraseOptions[i]
		if o.Ask != nil {
			o.Unless = func() bool { return b.New }
			o.Ask = b.afterScheme(o.Ask)
		}
	}
	options = append(options, when(ofPhrase, phraseOptions)...)
	options = append(options, when(func() bool { return b.is(backup.KindSecretKey) }, filesOnly(b.keyfileOptions()))...)
	return append(options,
		Option{
			Flag: "secret-file", Also: []string{"secret-fd"}, Prompt: "what is to be split, not shown", Describe: func() (string, string) { return "the " + string(b.Kind) + " to split, not shown", "" }, Repeat: "repeat it",
			When:   func() bool { return b.is(backup.KindPassword, backup.KindAge, backup.KindText) },
			Secret: func(_ context.Context, v *secret.Buffer) error { return b.takeSecret(v) },
		},
		Option{
			Flag: "file", Prompt: "file to encrypt",
			When: func() bool { return b.is(KindFile) }, Take: b.takeFile,
		},
		Option{Flag: "validators", Take: func(v string) error { return number(&b.count, "--validators", v, 1, maxKeys) }},
		Option{Flag: "start", Take: func(v string) error { return number(&b.start, "--start", v, 0, 1<<32-1) }},
	)
}

// schemeOptions ask how many sheets there are and how many restore.
func (b *BackupSplit) schemeOptions() []Option {
	grouped := func() bool { return b.groups != nil }
	return []Option{
		{Flag: "groups", Eager: true, Take: b.takeGroups},
		{Flag: "group-threshold", Eager: true, Take: func(v string) error {
			return number(&b.groupsT, "--group-threshold", v, 1, shamir.MaxGroups)
		}},
		{
			Flag: "sheets", Prompt: "how many sheets, one for each holder", Default: "5", Unless: grouped,
			Take: func(v string) error { return b.takeCount(&b.sheets, "--sheets", v, shamir.MaxSheets) },
		},
		{
			Flag: "threshold", Prompt: "how many of them restore", Unless: grouped,
			Describe: func() (string, string) {
				return "how many of them restore", fmt.Sprint(min(b.sheets/2+1, shamir.MaxThreshold))
			},
			Take: func(v string) error { return b.takeCount(&b.needed, "--threshold", v, shamir.MaxThreshold) },
		},
	}
}

// takeCount reads how many sheets there are, or how many restore; the second of
// them to come fits the first, or is asked for again.
func (b *BackupSplit) takeCount(dst *uint64, flag, v string, most uint64) error {
	if err := number(dst, flag, v, 2, most); err != nil || b.sheets == 0 || b.needed == 0 {
		return err
	}
	return shamir.Single(int(b.needed), int(b.sheets)).Check()
}

// afterScheme has a secret asked for only when the sheets are a scheme: it is
// not typed in vain.
func (b *BackupSplit) afterScheme(ask func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		sc, err := b.scheme()
		if err == nil && b.Ready != nil {
			err = b.Ready(sc)
		}
		if err != nil {
			return err
		}
		return ask(ctx)
	}
}

// when restricts options to a condition, on top of their own.
func when(is func() bool, options []Option) []Option {
	for i := range options {
		own := options[i].When
		options[i].When = func() bool { return is() && (own == nil || own()) }
	}
	return options
}

// takeGroups reads groups such as 2of3,3of5.
func (b *BackupSplit) takeGroups(v string) error {
	b.groups = nil
	for _, text := range strings.Split(v, ",") {
		var g shamir.Group
		if n, err := fmt.Sscanf(strings.TrimSpace(text), "%dof%d", &g.Threshold, &g.Sheets); err != nil || n != 2 {
			return fault.New(fault.Refused, "--groups: \"%s\" is no group", text).WithHint("write each as 2of3, with commas between")
		}
		b.groups = append(b.groups, g)
	}
	return nil
}

// scheme is how many sheets there are and which of them restore.
func (b *BackupSplit) scheme() (shamir.Scheme, error) {
	flags := b.session.Flags
	sc := shamir.Single(int(b.needed), int(b.sheets))
	if b.groups == nil {
		if err := ignored(b.session, "--groups", "group-threshold"); err != nil {
			return sc, err
		}
		return sc, sc.Check()
	}
	for _, f := range []string{"sheets", "threshold"} {
		if flags.Changed(f) {
			return sc, fault.New(fault.Usage, "%s is for one level; with --groups it would be ignored", Spell(f))
		}
	}
	sc = shamir.Scheme{Groups: b.groups, GroupThreshold: int(b.groupsT)}
	if b.groupsT == 0 {
		return sc, fault.New(fault.Usage, "missing: --group-threshold").WithHint("it says how many of the groups are needed")
	}
	return sc, sc.Check()
}

func (b *BackupSplit) takeSecret(v *secret.Buffer) error {
	if v.Len() == 0 {
		return fault.New(fault.Refused, "nothing to split: the answer is empty")
	}
	return keep(&b.secret, v)
}

// takeFile reads the file that is to be encrypted.
func (b *BackupSplit) takeFile(name string) error {
	f, err := b.session.Open(name)
	if err != nil {
		return fault.New(fault.Refused, "%w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, backup.MaxEnvelope+1))
	if err != nil {
		return fault.New(fault.Environment, "%s: %w", name, err)
	}
	if len(data) > backup.MaxEnvelope {
		secret.Wipe(data)
		return fault.New(fault.Refused, "%s: larger than the %d bytes that an envelope holds", name, backup.MaxEnvelope).
			WithHint("encrypt it with age, and split the identity: --kind age-identity")
	}
	b.name = filepath.Base(name) + ".age"
	b.data.Close()
	b.data, err = secret.From(data)
	return err
}

// Check refuses what contradicts itself, before anything is asked.
func (b *BackupSplit) Check() error {
	if !slices.Contains(kinds, b.Kind) {
		return fault.New(fault.Usage, "--kind: \"%s\" is no kind", string(b.Kind)).WithHint("expected %s", kindNames())
	}
	if !slices.Contains(wordCounts, int(b.Words)) {
		return fault.New(fault.Usage, "--words: expected 12, 15, 18, 21 or 24")
	}
	flags := b.session.Flags
	of := map[backup.Kind][]string{
		backup.KindMnemonic: {"mnemonic-file", "mnemonic-fd", "mnemonic-password-file", "mnemonic-password-fd", "mnemonic-language",
			"new", "words", "chain", "devnet-chain-setting", "chain-file", "validators", "start"},
		backup.KindSecretKey: {"keystore", "keystore-password-file", "keystore-password-fd"},
		KindFile:             {"file"},
	}
	for kind, names := range of {
		for _, name := range names {
			if flags.Changed(name) && kind != b.Kind {
				return fault.New(fault.Usage, "%s is for --kind %s; with --kind %s it would be ignored", Spell(name), kind, b.Kind)
			}
		}
	}
	if !b.is(backup.KindPassword, backup.KindAge, backup.KindText) {
		if err := ignored(b.session, "--kind password, text or age-identity", "secret-file", "secret-fd"); err != nil {
			return err
		}
	}
	if !b.New {
		return ignored(b.session, "--new", "words")
	}
	for _, name := range []string{"mnemonic-file", "mnemonic-fd"} {
		if flags.Changed(name) {
			return fault.New(fault.Usage, "--new and %s both give the phrase; expected one", Spell(name))
		}
	}
	return nil
}

func kindNames() string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// Request makes the request. Its secrets stay this one's, but for Secret, which
// is the caller's.
func (b *BackupSplit) Request(rand io.Reader) (req backup.SplitRequest, err error) {
	if req.Scheme, err = b.scheme(); err != nil {
		return req, err
	}
	if err := b.onlyOneChain(); err != nil {
		return req, err
	}
	switch b.Kind {
	case backup.KindMnemonic:
		req.Secret, err = b.ofPhrase(rand)
		req.Passphrase, req.StartIndex, req.Count, req.Network = b.passphrase, b.start, b.count, b.Network
	case backup.KindSecretKey:
		req.Secret, err = b.ofKeystore()
	case KindFile:
		req.Data, req.DataName = b.data, b.name
	case backup.KindAge:
		req.Secret, err = backup.AgeSecret(b.secret)
	case backup.KindPassword:
		req.Secret, err = backup.PasswordSecret(b.secret)
	default:
		req.Secret, err = backup.TextSecret(b.secret)
	}
	return req, err
}

// ofPhrase makes the phrase, if it is to be new, and gives its entropy.
func (b *BackupSplit) ofPhrase(rand io.Reader) (*shamir.Secret, error) {
	if b.New {
		language := b.phrase.language
		if language == "" {
			language = mnemonic.English
		}
		m, err := mnemonic.New(rand, int(b.Words), language)
		if err != nil {
			return nil, err
		}
		b.mnemonic = m
	}
	return backup.MnemonicSecret(b.mnemonic, b.passphrase.Len() > 0)
}

// ofKeystore gives the secret key of the keystore.
func (b *BackupSplit) ofKeystore() (*shamir.Secret, error) {
	keys, err := b.opened()
	if err != nil {
		return nil, err
	}
	key, err := keys.Key(0)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	return backup.KeySecret(key)
}

// Given gathers a phrase and nothing else. Close wipes it.
type Given struct{ phrase }

// NewGiven returns an empty request that asks through s.
func NewGiven(s *Session) *Given { return &Given{phrase{session: s}} }

// Options lists the options.
func (p *Given) Options() []Option { return filesOnly(p.phraseOptions())[:2] }

// Mnemonic is the phrase.
func (p *Given) Mnemonic() *mnemonic.Mnemonic { return p.mnemonic }

// Close wipes the phrase.
func (p *Given) Close() { p.close() }
