package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/validator"
)

// maxKeyList bounds a list of keys: a hundred thousand with 0x and a comma.
const maxKeyList = 16 << 20

// addKeyWays adds the ways to name keys.
func addKeyWays(f *pflag.FlagSet) {
	f.String("public-keys", "", "these `KEYS`, with commas between")
	f.String("public-keys-file", "", "the keys in `FILE`, with commas or white space between, or as a JSON list; - is standard input")
	f.String("deposit-data", "", "the keys of `FILES` of deposit data, with commas between")
	addKeyFolder(f)
}

// wanted returns the keys that the flags name; nil where they name none.
func (h *history) wanted(cmd *cobra.Command) ([]slashingdb.Wanted, error) {
	f := cmd.Flags()
	if f.Changed("layout") && !f.Changed("keystores") {
		return nil, fault.New(fault.Usage, "--layout belongs to --keystores")
	}
	var all []slashingdb.Wanted
	for _, way := range []struct {
		flag string
		read func(value string) ([]slashingdb.Wanted, error)
	}{
		{"public-keys", h.keysGiven}, {"public-keys-file", h.keysOfFile}, {"deposit-data", h.keysOfDeposits},
		{"keystores", func(v string) ([]slashingdb.Wanted, error) {
			return h.keysOfFolder(v, f.Lookup("layout").Value.String())
		}},
	} {
		if !f.Changed(way.flag) {
			continue
		}
		keys, err := way.read(f.Lookup(way.flag).Value.String())
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			return nil, fault.New(fault.Refused, "--%s names no key", way.flag)
		}
		all = append(all, keys...)
	}
	return all, nil
}

func from(keys []bls.PublicKey, where string) []slashingdb.Wanted {
	var out []slashingdb.Wanted
	for _, key := range keys {
		out = append(out, slashingdb.Wanted{Key: key, From: where})
	}
	return out
}

func (h *history) keysGiven(value string) ([]slashingdb.Wanted, error) {
	keys, err := dropin.ParsePublicKeys(value)
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "--public-keys: %w", err)
	}
	return from(keys, "--public-keys"), nil
}

func (h *history) keysOfFile(name string) ([]slashingdb.Wanted, error) {
	text, shown, err := h.keyList(name)
	if err != nil {
		return nil, err
	}
	keys, err := dropin.ParsePublicKeys(string(text))
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", shown, err)
	}
	return from(keys, shown), nil
}

// keyList reads a list of keys from a file, or from standard input, and tells
// how that is called.
func (h *history) keyList(name string) (text []byte, shown string, err error) {
	if name != standardStream {
		text, err = h.e.readAll(name, maxKeyList)
		return text, name, err
	}
	err = h.stream(name, func(called string, r io.Reader) (err error) {
		shown = called
		if text, err = io.ReadAll(io.LimitReader(r, maxKeyList+1)); err == nil && len(text) > maxKeyList {
			err = fault.New(fault.Refused, "%s: larger than %d bytes: it is no list of keys", called, maxKeyList)
		}
		return err
	})
	return text, shown, err
}

func (h *history) keysOfDeposits(names string) ([]slashingdb.Wanted, error) {
	var all []slashingdb.Wanted
	for _, name := range strings.Split(names, ",") {
		data, err := h.e.readAll(name, 256<<20)
		if err != nil {
			return nil, err
		}
		entries, _, err := message.ParseDepositData(data)
		if err != nil {
			return nil, fault.New(fault.KindOf(err), "%s: %w", name, err)
		}
		for _, entry := range entries {
			all = append(all, slashingdb.Wanted{Key: entry.PublicKey, From: name})
		}
	}
	return all, nil
}

// keysOfFolder takes the keys that the keystores name. One that cannot be read
// ends it: its key would be passed over.
func (h *history) keysOfFolder(folder, layout string) ([]slashingdb.Wanted, error) {
	var l keyfolder.Layout
	var err error
	if layout != "" {
		if l, err = keyfolder.ParseLayout(layout); err != nil {
			return nil, err
		}
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, fault.New(fault.Environment, "the folder of keystores: %w", err)
	}
	read, err := validator.ReadKeyFolder(h.e.machine(), folder, l)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	if read.Wallet != nil {
		return nil, fault.New(fault.Refused, "%s: a wallet of Prysm, which names its keys only to who can open it", folder).
			WithHint("list them with --public-keys-file")
	}
	var all []slashingdb.Wanted
	for _, item := range read.Items {
		err := item.Err
		var key bls.PublicKey
		if err == nil {
			key, err = bls.PublicKeyFromBytes(item.Keystore.PublicKey)
		}
		if err != nil {
			return nil, fault.New(fault.Refused, "%s: the keystore names no key: %w", filepath.Join(folder, item.File), err)
		}
		all = append(all, slashingdb.Wanted{Key: key, From: item.File})
	}
	return all, nil
}

// keysOnly drops where keys come from; nil stays nil.
func keysOnly(wanted []slashingdb.Wanted) []slashingdb.PublicKey {
	var keys []slashingdb.PublicKey
	for _, w := range wanted {
		keys = append(keys, w.Key)
	}
	return keys
}
