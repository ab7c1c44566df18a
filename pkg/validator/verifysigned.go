package validator

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/network"
)

// ExitWants says whose signatures exits should carry: a file of an exit names
// a validator index, but no public key.
type ExitWants struct {
	Owners     map[beacon.ValidatorIndex]bls.PublicKey
	PublicKeys []bls.PublicKey // for an index without an owner, each is tried
}

func (w ExitWants) check() error {
	if len(w.Owners) == 0 && len(w.PublicKeys) == 0 {
		return fault.New(fault.Refused, "the file of an exit names no public key: want the validators' public keys to verify with, found none").
			WithHint("give their keystores, their deposit data, their public keys, or the mnemonic")
	}
	return nil
}

// signer returns the key that root is signed with, trying the candidates.
func (w ExitWants) signer(index beacon.ValidatorIndex, root beacon.Root, sig bls.Signature) (bls.PublicKey, bool) {
	if pk, ok := w.Owners[index]; ok {
		return pk, bls.Verify(pk, root[:], sig)
	}
	for _, pk := range w.PublicKeys {
		if bls.Verify(pk, root[:], sig) {
			return pk, true
		}
	}
	return bls.PublicKey{}, false
}

// maxElsewhere is up to how many candidates are tried on other networks.
const maxElsewhere = 16

// VerifyExits checks the signatures of exit files.
func VerifyExits(ctx context.Context, m Machine, n network.Network, files []File, want ExitWants) (*VerifyReport, error) {
	gvr, err := genesisRoot(n)
	if err != nil {
		return nil, err
	}
	if err := want.check(); err != nil {
		return nil, err
	}
	r := &VerifyReport{Network: n.Name}
	var exits []message.SignedVoluntaryExit
	var at []int // the item of each exit
	for _, f := range files {
		s, warnings, err := message.ParseExit(f.Data)
		if err != nil {
			r.unreadable(f, err)
			continue
		}
		at, exits = append(at, len(r.Items)), append(exits, s)
		r.add(VerifyItem{File: f.Name, Number: 1, ValidatorIndex: &s.Message.ValidatorIndex, Epoch: &s.Message.Epoch, Notes: warnings})
	}
	noteTwice(r, "this validator index")
	err = parallel(ctx, m.Workers, len(exits), func(i int) error {
		want.verify(&r.Items[at[i]], n, gvr, exits[i])
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.count(), nil
}

// verify looks for the key that has signed, and says on which network the
// message is good when it is not this one.
func (w ExitWants) verify(item *VerifyItem, n network.Network, gvr beacon.Root, exit message.SignedVoluntaryExit) {
	index := exit.Message.ValidatorIndex
	root := func(n network.Network, gvr beacon.Root) beacon.Root {
		return exit.Message.SigningRoot(message.ExitDomain(n.ExitForkVersion, gvr))
	}
	pk, ok := w.signer(index, root(n, gvr), exit.Signature)
	if pk != (bls.PublicKey{}) {
		item.PublicKey = pk.String()
	}
	if ok {
		return
	}
	item.Problem = fmt.Sprintf("signature: none of the %s has signed this on %s", plural(len(w.PublicKeys), "public key"), n.Name)
	if _, owned := w.Owners[index]; owned {
		item.Problem = "signature: not the validator's on " + n.Name
	} else if len(w.PublicKeys) > maxElsewhere {
		return
	}
	for _, other := range network.Builtin() {
		if other.Name == n.Name || other.GenesisValidatorsRoot == nil {
			continue
		}
		if _, ok := w.signer(index, root(other, *other.GenesisValidatorsRoot), exit.Signature); ok {
			item.Problem += "; it was signed for " + other.Name
			return
		}
	}
}

// ChangeWants is what changes of credentials are compared with. What is nil is
// not compared.
type ChangeWants struct {
	Address     *beacon.ExecutionAddress
	Credentials [][32]byte // the withdrawal key of every change is that of one of these
}

func (w ChangeWants) check(n network.Network, gvr beacon.Root, e message.ChangeEntry) error {
	m := e.Message
	switch {
	case !e.NoMetadata && e.GenesisValidatorsRoot != gvr:
		return fmt.Errorf("genesis_validators_root: %s, but %s has %s", e.GenesisValidatorsRoot, n.Name, gvr)
	case w.Address != nil && m.ToExecutionAddress != *w.Address:
		return fmt.Errorf("to_execution_address: %s, want %s", m.ToExecutionAddress, w.Address)
	case w.Credentials != nil && !slices.Contains(w.Credentials, message.BLSCredentials(m.FromBLSPublicKey)):
		return fmt.Errorf("from_bls_pubkey: it has the credentials %x, which are not those they should be", message.BLSCredentials(m.FromBLSPublicKey))
	}
	return checkAddress(m.ToExecutionAddress)
}

// VerifyChanges checks the changes of bls_to_execution_change files: network,
// address, signature, and what is wanted of them.
func VerifyChanges(ctx context.Context, m Machine, n network.Network, files []File, want ChangeWants) (*VerifyReport, error) {
	gvr, err := genesisRoot(n)
	if err != nil {
		return nil, err
	}
	r := &VerifyReport{Network: n.Name}
	domain := message.ChangeDomain(n.GenesisForkVersion, gvr)
	var entries []message.ChangeEntry
	var at []int // the item of each entry
	for _, f := range files {
		parsed, warnings, err := message.ParseChanges(f.Data)
		if err != nil {
			r.unreadable(f, err)
			continue
		}
		for i, e := range parsed {
			item := changeItem(f.Name, i+1, n, e)
			if i == 0 {
				item.note(warnings...)
			}
			item.problem(want.check(n, gvr, e))
			at, entries = append(at, len(r.Items)), append(entries, e)
			r.add(item)
		}
	}
	noteTwice(r, "this validator index")
	if len(entries) > 0 && message.VerifyChanges(entries, domain, m.Rand) != nil {
		err = parallel(ctx, m.Workers, len(entries), func(i int) error {
			r.Items[at[i]].problem(entries[i].Verify(domain))
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	return r.count(), nil
}

func changeItem(file string, number int, n network.Network, e message.ChangeEntry) VerifyItem {
	item := VerifyItem{
		File: file, Number: number, ValidatorIndex: &e.Message.ValidatorIndex, PublicKey: e.Message.FromBLSPublicKey.String(),
		Credentials: fmt.Sprintf("0x%x", message.BLSCredentials(e.Message.FromBLSPublicKey)), Address: e.Message.ToExecutionAddress.String(),
	}
	switch {
	case e.NoMetadata:
		item.note("no metadata: the signature alone says which network this is for")
	case e.NetworkName != n.Name:
		item.note(fmt.Sprintf("network_name says %q; the genesis validators root decides, and it is the one of %s", e.NetworkName, n.Name))
	}
	return item
}
