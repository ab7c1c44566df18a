package validator

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/network"
)

// DepositWants is what deposits are compared with. What is nil is not compared.
type DepositWants struct {
	PublicKeys  []bls.PublicKey // every deposit is for one of these, and each has one
	Address     *beacon.ExecutionAddress
	Credentials [][32]byte // every deposit has one of these
	Amount      *beacon.Gwei
}

// VerifyDeposits checks the deposits of deposit data files: network, public
// key, credentials, amount, roots and signature, and what is wanted of them.
func VerifyDeposits(ctx context.Context, m Machine, n network.Network, files []File, want DepositWants) (*VerifyReport, error) {
	r := &VerifyReport{Network: n.Name}
	var entries []message.DepositEntry
	var at []int // the item of each entry
	wanted := make(map[bls.PublicKey]bool, len(want.PublicKeys))
	for _, pk := range want.PublicKeys {
		wanted[pk] = true
	}
	for _, f := range files {
		parsed, warnings, err := message.ParseDepositData(f.Data)
		if err != nil {
			r.unreadable(f, err)
			continue
		}
		for i, e := range parsed {
			item := depositItem(f.Name, i+1, n, e)
			if i == 0 {
				item.note(warnings...)
			}
			item.problem(want.check(n, e, wanted))
			at, entries = append(at, len(r.Items)), append(entries, e)
			r.add(item)
		}
	}
	noteTwice(r, "this public key")
	if len(entries) > 0 && message.VerifyDeposits(entries, n.GenesisForkVersion, m.Rand) != nil {
		err := parallel(ctx, m.Workers, len(entries), func(i int) error {
			r.Items[at[i]].problem(entries[i].Verify(n.GenesisForkVersion))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	want.missing(r, entries)
	return r.count(), nil
}

func depositItem(file string, number int, n network.Network, e message.DepositEntry) VerifyItem {
	item := VerifyItem{
		File: file, Number: number, PublicKey: e.PublicKey.String(),
		Credentials: fmt.Sprintf("0x%x", e.WithdrawalCredentials), Amount: n.FormatAmount(e.Amount) + " " + n.Unit,
	}
	if c := e.WithdrawalCredentials; c[0] != message.BLSWithdrawalPrefix {
		item.Address = beacon.ExecutionAddress(c[12:]).String()
	} else {
		item.note("0x00 credentials: only the mnemonic can set an address later")
	}
	if e.NetworkName != n.Name {
		item.note(fmt.Sprintf("network_name says %q; the fork version decides, and it is the one of %s", e.NetworkName, n.Name))
	}
	return item
}

// check compares a deposit with what is wanted, whose public keys are wanted.
func (w DepositWants) check(n network.Network, e message.DepositEntry, wanted map[bls.PublicKey]bool) error {
	c := e.WithdrawalCredentials
	switch {
	case e.Amount < n.MinDeposit || e.Amount > n.MaxDeposit:
		return fmt.Errorf("amount: %s takes from %s to %s %s", n.Name, n.FormatAmount(n.MinDeposit), n.FormatAmount(n.MaxDeposit), n.Unit)
	case w.PublicKeys != nil && !wanted[e.PublicKey]:
		return fmt.Errorf("pubkey: not one of the keys it should be")
	case w.Credentials != nil && !slices.Contains(w.Credentials, c):
		return fmt.Errorf("withdrawal_credentials: not those they should be")
	case w.Address != nil && (c[0] == message.BLSWithdrawalPrefix || string(c[12:]) != string(w.Address[:])):
		return fmt.Errorf("withdrawal_credentials: they are not for %s", w.Address)
	case w.Amount != nil && *w.Amount != e.Amount:
		return fmt.Errorf("amount: want %s %s", n.FormatAmount(*w.Amount), n.Unit)
	}
	return nil
}

// missing reports the wanted keys that have no deposit.
func (w DepositWants) missing(r *VerifyReport, entries []message.DepositEntry) {
	have := make(map[bls.PublicKey]bool, len(entries))
	for _, e := range entries {
		have[e.PublicKey] = true
	}
	for _, pk := range w.PublicKeys {
		if !have[pk] {
			r.add(VerifyItem{PublicKey: pk.String(), Problem: "no file has a deposit for this key"})
		}
	}
}

// noteTwice notes items that have the same public key or validator index.
func noteTwice(r *VerifyReport, what string) {
	first := make(map[string]int, len(r.Items))
	for i := range r.Items {
		item := &r.Items[i]
		id := item.PublicKey
		if item.ValidatorIndex != nil {
			id = fmt.Sprint(*item.ValidatorIndex)
		}
		if id == "" {
			continue
		}
		if j, again := first[id]; again {
			item.note(fmt.Sprintf("%s stands in %s, number %d, too", what, r.Items[j].File, r.Items[j].Number))
			continue
		}
		first[id] = i
	}
}
