package message

import (
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

var hoodi = beacon.Version{0x10, 0x00, 0x09, 0x10}

// deposits makes n good deposits.
func deposits(t testing.TB, n int) []DepositEntry {
	t.Helper()
	var entries []DepositEntry
	for i := range n {
		sk := secretKey(t, fmt.Sprintf("%064x", 77+i))
		m := DepositMessage{PublicKey: sk.PublicKey(), WithdrawalCredentials: ExecutionCredentials(beacon.ExecutionAddress{1, 19: byte(i)}), Amount: 32_000_000_000}
		entries = append(entries, NewDepositEntry(sk, m, hoodi, "hoodi", "1.3.0"))
	}
	return entries
}

func TestRoundTrip(t *testing.T) {
	entries := deposits(t, 3)
	entries[0].NetworkName = "devnet \"ü\" \\ \U0001F511\x00\x7f\n</>"
	entries[1].Amount = 1<<64 - 1
	entries[2].NetworkName = ""
	data := MarshalDepositData(entries)
	for _, c := range data {
		if c < ' ' || c > '~' {
			t.Fatalf("byte %#x in the file", c)
		}
	}
	for _, text := range []string{string(data), "\n" + string(data) + "\r\n ", strings.ReplaceAll(string(data), ": ", " :\t")} {
		back, warnings, err := ParseDepositData([]byte(text))
		if err != nil || len(warnings) != 0 || !reflect.DeepEqual(back, entries) {
			t.Errorf("%s\n%v %v", text, warnings, err)
		}
	}
}

func TestUnknownMembersAreReportedOnce(t *testing.T) {
	text := strings.ReplaceAll(string(MarshalDepositData(deposits(t, 3))), `{"pubkey"`, `{"account": {"x": [1]}, "pubkey"`)
	entries, warnings, err := ParseDepositData([]byte(text))
	if err != nil || len(entries) != 3 || len(warnings) != 1 || !strings.Contains(warnings[0], `"account"`) {
		t.Errorf("%d entries, %q, %v", len(entries), warnings, err)
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(MarshalDepositData(deposits(t, 2)))
	second := func(old, new string) string {
		at := strings.LastIndex(good, old)
		if at < 0 {
			t.Fatalf("the file has no %s", old)
		}
		return good[:at] + new + good[at+len(old):]
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty file":         {"", "not JSON"},
		"no deposits":        {"[]", "at least one deposit"},
		"object":             {good[1 : strings.Index(good, "}")+1], "want a JSON array"},
		"trailing data":      {good + "[]", "not JSON"},
		"cut off":            {good[:len(good)-1], "not JSON"},
		"not UTF-8":          {second("hoodi", "\xff"), "not UTF-8"},
		"an entry is null":   {"[null]", "deposit 1: want an object"},
		"member twice":       {second(`"amount"`, `"amount": 1, "amount"`), "deposit 2.amount: stands twice"},
		"twin by escape":     {second(`"amount"`, `"\u0061mount": 1, "amount"`), "deposit 2.amount: stands twice"},
		"other case":         {second(`"amount"`, `"Amount"`), "deposit 2.amount: missing"},
		"no version":         {second(`, "deposit_cli_version": "1.3.0"`, ""), "deposit 2.deposit_cli_version: missing"},
		"amount as text":     {second("32000000000", `"32000000000"`), "deposit 2.amount: want a whole number"},
		"amount broken":      {second("32000000000", "32.0"), "deposit 2.amount"},
		"amount exponent":    {second("32000000000", "3e10"), "deposit 2.amount"},
		"amount negative":    {second("32000000000", "-1"), "deposit 2.amount"},
		"amount too large":   {second("32000000000", "18446744073709551616"), "deposit 2.amount"},
		"pubkey with 0x":     {second(`"pubkey": "`, `"pubkey": "0x`), "deposit 2.pubkey: starts with 0x"},
		"pubkey long":        {second(`"pubkey": "`, `"pubkey": "8`), "deposit 2.pubkey: want 96 hexadecimal digits"},
		"pubkey off curve":   {second(deposits(t, 2)[1].PublicKey.Hex(), strings.Repeat("a", 96)), "deposit 2.pubkey: public key 0xaa"},
		"pubkey infinity":    {second(deposits(t, 2)[1].PublicKey.Hex(), "c0"+strings.Repeat("0", 94)), "deposit 2.pubkey"},
		"signature no point": {second(deposits(t, 2)[1].Signature.Hex(), strings.Repeat("a", 192)), "deposit 2.signature: signature 0xaa"},
		"root not hex":       {second(`"deposit_data_root": "`, `"deposit_data_root": "zz`), "deposit 2.deposit_data_root"},
		"root null":          {second(`"deposit_message_root": "`, `"deposit_message_root": null, "x": "`), "deposit 2.deposit_message_root: want a string, found null"},
		"fork version long":  {second(`"fork_version": "`, `"fork_version": "00`), "deposit 2.fork_version: want 8 hexadecimal digits"},
		"name a number":      {second(`"hoodi"`, "7"), "deposit 2.network_name: want a string"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ParseDepositData([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if fault.KindOf(err) != fault.Refused {
				t.Errorf("exit code %d", fault.KindOf(err))
			}
		})
	}
}

func TestVerifyFindsEveryChange(t *testing.T) {
	other := deposits(t, 1)[0]
	for name, c := range map[string]struct {
		change func(*DepositEntry)
		want   string
		kind   fault.Kind
	}{
		"public key":         {func(e *DepositEntry) { e.PublicKey = other.PublicKey }, "deposit_message_root", fault.Integrity},
		"credentials":        {func(e *DepositEntry) { e.WithdrawalCredentials[31] ^= 1 }, "deposit_message_root", fault.Integrity},
		"amount":             {func(e *DepositEntry) { e.Amount++ }, "deposit_message_root", fault.Integrity},
		"message root":       {func(e *DepositEntry) { e.DepositMessageRoot[0] ^= 1 }, "deposit_message_root", fault.Integrity},
		"data root":          {func(e *DepositEntry) { e.DepositDataRoot[31] ^= 1 }, "deposit_data_root", fault.Integrity},
		"signature":          {func(e *DepositEntry) { e.Signature = other.Signature }, "deposit_data_root", fault.Integrity},
		"signature and root": {func(e *DepositEntry) { e.Signature = other.Signature; e.DepositDataRoot = e.Data().HashTreeRoot() }, "signature", fault.Integrity},
		"network":            {func(e *DepositEntry) { e.ForkVersion = beacon.Version{} }, "fork_version", fault.Refused},
		"prefix":             {func(e *DepositEntry) { e.WithdrawalCredentials[0] = 3 }, "starts with 03", fault.Refused},
		"padding":            {func(e *DepositEntry) { e.WithdrawalCredentials[11] = 1 }, "11 zero bytes", fault.Refused},
		"zero address":       {func(e *DepositEntry) { e.WithdrawalCredentials = [32]byte{0: 2} }, "zero address", fault.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			entries := deposits(t, 3)
			c.change(&entries[1])
			for _, err := range []error{entries[1].Verify(hoodi), VerifyDeposits(entries, hoodi, rand.Reader)} {
				if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != c.kind {
					t.Errorf("%v (exit code %d), want %q (%d)", err, fault.KindOf(err), c.want, c.kind)
				}
			}
			if err := VerifyDeposits(entries, hoodi, rand.Reader); err == nil || !strings.HasPrefix(err.Error(), "deposit 2: ") {
				t.Errorf("%v does not name the deposit", err)
			}
		})
	}
}

func TestVerifyOfNothingIsRefused(t *testing.T) {
	if err := VerifyDeposits(nil, hoodi, rand.Reader); err == nil {
		t.Error("no deposits, and yet verified")
	}
}

func TestVerifyOnAnotherNetwork(t *testing.T) {
	e := deposits(t, 1)[0]
	if err := e.Verify(beacon.Version{}); err == nil || fault.HintOf(err) == "" {
		t.Errorf("%v, want an error with a hint", err)
	}
	// The fork version rewritten: the roots do not hold it, the signature does.
	e.ForkVersion = beacon.Version{}
	if err := e.Verify(beacon.Version{}); err == nil || !strings.Contains(err.Error(), "signature") {
		t.Errorf("%v", err)
	}
}

func TestCredentials(t *testing.T) {
	a := beacon.ExecutionAddress{0: 0xaa, 19: 0xbb}
	for prefix, c := range map[byte][32]byte{1: ExecutionCredentials(a), 2: CompoundingCredentials(a)} {
		if want := [32]byte{0: prefix, 12: 0xaa, 31: 0xbb}; c != want || CheckCredentials(c) != nil {
			t.Errorf("%x, want %x", c, want)
		}
	}
	if err := CheckCredentials(BLSCredentials(bls.PublicKey{1})); err != nil {
		t.Error(err)
	}
	if err := CheckCredentials(ExecutionCredentials(beacon.ExecutionAddress{})); !errors.Is(err, beacon.ErrZeroAddress) {
		t.Error(err)
	}
}

func FuzzParseDepositData(f *testing.F) {
	good := MarshalDepositData(deposits(f, 2))
	f.Add(good)
	f.Add([]byte("[]"))
	f.Add([]byte(`[{"pubkey": "00"}]`))
	f.Add([]byte(strings.Replace(string(good), `"hoodi"`, `"\ud83d\udd11\u0000"`, 1)))
	f.Add([]byte(strings.Replace(string(good), `"amount": `, `"amount": 1, "x": `, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, _, err := ParseDepositData(data)
		if err != nil {
			return
		}
		again, warnings, err := ParseDepositData(MarshalDepositData(entries))
		if err != nil || len(warnings) != 0 || !reflect.DeepEqual(again, entries) {
			t.Errorf("written and read again: %v, %v", warnings, err)
		}
	})
}

// A file is that of the entries it was made of, and of no others.
func TestIsDepositData(t *testing.T) {
	entries := deposits(t, 3)
	data := MarshalDepositData(entries)
	if err := IsDepositData(data, entries); err != nil {
		t.Error(err)
	}
	other := deposits(t, 3)
	other[2].Amount++
	for name, err := range map[string]error{
		"another amount":  IsDepositData(data, other),
		"one too few":     IsDepositData(data, entries[:2]),
		"a member more":   IsDepositData([]byte(strings.Replace(string(data), `{"pubkey"`, `{"x": 1, "pubkey"`, 1)), entries),
		"not JSON":        IsDepositData(data[:len(data)-1], entries),
		"another order":   IsDepositData(data, []DepositEntry{entries[1], entries[0], entries[2]}),
		"a member missed": IsDepositData([]byte(strings.Replace(string(data), `"amount": 32000000000, `, "", 1)), entries),
	} {
		if err == nil {
			t.Errorf("%s: taken for the same", name)
		}
	}
}
