package dropin

import (
	"context"
	"errors"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// ExitSign gathers what "exit sign" needs. Close wipes its secrets.
type ExitSign struct {
	chain
	phrase
	machine validator.Machine
	path    derive.Template
	files   []validator.File
	opened  *validator.OpenedKeystores
	failure error // of the keystores, of another kind than a wrong password
	rows    []validator.Row
	wanted  []bls.PublicKey // of the rows
	indices []beacon.ValidatorIndex
	start   uint64
	limit   uint64
	epoch   uint64
	keys    interface {
		validator.KeySource
		Close()
	}
}

// NewExitSign returns an empty request that asks through s.
func NewExitSign(s *Session, m validator.Machine) *ExitSign {
	return &ExitSign{chain: chain{session: s}, phrase: phrase{session: s}, machine: m}
}

// Close wipes the secrets.
func (x *ExitSign) Close() {
	x.phrase.close()
	if x.keys != nil {
		x.keys.Close()
	}
}

// Options lists the options of "exit sign".
func (x *ExitSign) Options() []Option {
	keystores := func() bool { return x.files != nil }
	phraseOptions := filesOnly(x.phraseOptions())
	for i := range phraseOptions {
		phraseOptions[i].Unless = keystores
	}
	return join(x.chainOptions(), []Option{{Flag: "keystores", Eager: true, Take: x.takeKeystores}}, phraseOptions, []Option{
		{
			Flag: "keystore-password-file", Also: []string{"keystore-password-fd"},
			Prompt: "password of the keystores", When: keystores,
			Secret: x.takePassword,
		},
		{Flag: "validators", Eager: true, Take: x.takeRows},
		{
			Flag: "validator-indices", Prompt: "validator indices on the beacon chain, with commas between",
			Unless: func() bool { return x.rows != nil },
			Take: func(v string) (err error) {
				x.indices, err = validator.ParseValidatorIndices(v)
				return err
			},
		},
		{Flag: "path", Take: func(v string) error { return takePath(&x.path, v) }},
		{Flag: "start", Take: func(v string) error { return number(&x.start, "--start", v, 0, 1<<32-1) }},
		{Flag: "scan-limit", Take: func(v string) error { return number(&x.limit, "--scan-limit", v, 1, 1<<32) }},
		{Flag: "epoch", Take: func(v string) error { return number(&x.epoch, "--epoch", v, 0, 1<<63-1) }},
	})
}

// takeKeystores reads a keystore, or every one of a folder in any client's
// layout.
func (x *ExitSign) takeKeystores(name string) error {
	if data, err := x.chain.session.readFile(name, keystore.MaxFile); err == nil {
		x.files = []validator.File{{Name: name, Data: data}}
		return nil
	}
	folder, err := validator.ReadKeyFolder(x.machine, name, "")
	if err != nil {
		return err
	}
	defer folder.Close()
	for _, item := range folder.Items {
		if item.Err != nil {
			return fault.New(fault.KindOf(item.Err), "%s: %w", item.File, item.Err)
		}
		x.files = append(x.files, validator.File{Name: item.File, Data: item.Data})
	}
	if x.files == nil {
		return fault.New(fault.Refused, "%s holds no keystore", name)
	}
	return nil
}

// takePassword opens the keystores at once, so that a wrong password at the
// prompt asks again.
func (x *ExitSign) takePassword(ctx context.Context, password *secret.Buffer) error {
	same := func(string) (*secret.Buffer, error) { return password, nil }
	x.opened, x.failure = validator.OpenKeystores(ctx, x.machine, x.files, same, nil)
	if errors.Is(x.failure, keystore.ErrWrongPassword) {
		return x.failure
	}
	if x.failure == nil {
		x.keys = x.opened
	}
	return nil
}

func (x *ExitSign) takeRows(name string) (err error) {
	x.rows, x.wanted, err = readOwners(x.chain.session, name)
	for _, row := range x.rows {
		x.indices = append(x.indices, row.Index)
	}
	return err
}

// Request finds the keys and returns the checked request.
func (x *ExitSign) Request(ctx context.Context, progress validator.Progress) (req validator.ExitRequest, err error) {
	if err := x.check(); err != nil {
		return req, err
	}
	if x.files != nil {
		req.Keys, err = x.fromKeystores()
	} else {
		req.Keys, err = x.fromPhrase(ctx, progress)
	}
	req.Network, req.Epoch, req.ValidatorIndices = x.Network, beacon.Epoch(x.epoch), x.indices
	return req, err
}

func (x *ExitSign) check() error {
	s := x.chain.session
	if err := x.onlyOneChain(); err != nil {
		return err
	}
	if x.rows != nil && s.Flags.Changed("validator-indices") {
		return fault.New(fault.Usage, "--validators and --validator-indices both name the validators; expected one")
	}
	if x.rows == nil {
		if err := ignored(s, "--validators", "scan-limit"); err != nil {
			return err
		}
	}
	if x.files != nil {
		for _, f := range []string{"mnemonic-file", "mnemonic-fd", "mnemonic-password-file", "mnemonic-password-fd", "mnemonic-language", "path", "start", "scan-limit"} {
			if s.Flags.Changed(f) {
				return fault.New(fault.Usage, "%s is for a phrase; with --keystores it would be ignored", Spell(f))
			}
		}
		return nil
	}
	return ignored(s, "--keystores", "keystore-password-file", "keystore-password-fd")
}

func (x *ExitSign) fromKeystores() (validator.KeySource, error) {
	if x.failure != nil {
		return nil, x.failure
	}
	opened := x.opened
	if x.rows != nil {
		return validator.SelectKeys(opened, x.wanted)
	}
	if opened.Len() > 1 {
		return nil, fault.New(fault.Refused, "%d keystores and a list of indices: nothing tells which belongs to which", opened.Len()).
			WithHint("give --validators, a file with a line for each: index, public key")
	}
	return opened, nil
}

func (x *ExitSign) fromPhrase(ctx context.Context, progress validator.Progress) (validator.KeySource, error) {
	indices, err := validator.Consecutive(x.start, uint64(len(x.indices)))
	if x.rows != nil {
		indices, err = x.scan(ctx, progress)
	}
	if err != nil {
		return nil, err
	}
	keys, err := validator.NewMnemonicKeys(x.mnemonic, x.passphrase, x.path, indices)
	if err == nil {
		x.keys = keys
	}
	return keys, err
}

// scan looks for the keys of the rows in the phrase.
func (x *ExitSign) scan(ctx context.Context, progress validator.Progress) ([]uint32, error) {
	seed, err := x.mnemonic.Seed(x.passphrase)
	if err != nil {
		return nil, err
	}
	defer seed.Close()
	path := x.path
	if path.IsZero() {
		path = derive.SigningTemplate()
	}
	branch, err := derive.NewBranch(seed, path)
	if err != nil {
		return nil, err
	}
	defer branch.Close()
	found, err := validator.FindKeys(ctx, x.machine, branch, x.wanted, x.start, x.limit, progress)
	if err != nil {
		return nil, err
	}
	var indices []uint32
	for i, f := range found {
		if !f.OK {
			return nil, fault.New(fault.Refused, "validator %d: this phrase does not hold its key %s, or not among those that were tried", x.indices[i], x.wanted[i]).
				WithHint("try --start, a larger --scan-limit, another --path, or the passphrase")
		}
		indices = append(indices, f.Index)
	}
	return indices, nil
}
