package message

import (
	"bytes"
	"crypto/rand"
	"strconv"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

// signedInput is the input of a published case.
type signedInput struct {
	Mnemonic   string
	Passphrase string `json:"mnemonic_password"`
	Start      uint32 `json:"validator_start_index"`
	SecretKey  string `json:"signing_sk"`
	Epoch      *uint64
	Chain      string
	Address    string `json:"withdrawal_address"`
}

func (in signedInput) network(t *testing.T) network.Network {
	t.Helper()
	n, err := network.Lookup(in.Chain)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// key is the key that the case signs with: its own, or key number i of the
// mnemonic.
func (in signedInput) key(t *testing.T, of derive.Template, i int) *bls.SecretKey {
	t.Helper()
	if in.SecretKey != "" {
		return secretKey(t, in.SecretKey)
	}
	m, err := mnemonic.Parse([]byte(in.Mnemonic), "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	seed, err := m.Seed(buffer(t, []byte(in.Passphrase)))
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	sk, err := derive.Derive(seed, of.Path(in.Start+uint32(i)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sk.Close)
	return sk
}

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Every published exit comes out byte for byte: domain, signing root, file.
func TestExitVectors(t *testing.T) {
	var file struct {
		Cases []struct {
			ID, Domain string
			Input      signedInput
			Exits      []struct {
				Text        string `json:"text_exact"`
				SigningRoot string `json:"signing_root"`
				Output      struct {
					Message struct {
						Index string `json:"validator_index"`
					}
				}
			}
		}
	}
	testkit.Decode(t, "deposit-cli/exits.json", &file)
	checked := 0
	for _, c := range file.Cases {
		n := c.Input.network(t)
		d := ExitDomain(n.ExitForkVersion, *n.GenesisValidatorsRoot)
		if got := d.String(); got != "0x"+c.Domain {
			t.Errorf("%s: domain %s, want %s", c.ID, got, c.Domain)
		}
		for i, want := range c.Exits {
			sk := c.Input.key(t, derive.SigningTemplate(), i)
			e := VoluntaryExit{ValidatorIndex: beacon.ValidatorIndex(number(t, want.Output.Message.Index))}
			if c.Input.Epoch != nil {
				e.Epoch = beacon.Epoch(*c.Input.Epoch)
			}
			if got := e.SigningRoot(d).String(); got != "0x"+want.SigningRoot {
				t.Errorf("%s: signing root %s, want %s", c.ID, got, want.SigningRoot)
			}
			s := SignExit(sk, e, d)
			if got := string(MarshalExit(s)); got != want.Text {
				t.Errorf("%s:\n got %s\nwant %s", c.ID, got, want.Text)
			}
			back, warnings, err := ParseExit([]byte(want.Text))
			if err != nil || len(warnings) != 0 || back != s {
				t.Errorf("%s: read as %+v, %v, %v", c.ID, back, warnings, err)
			}
			if err := verifyExit(back, sk.PublicKey(), d); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
			checked++
		}
	}
	if checked == 0 {
		t.Fatal("no cases")
	}
}

// Every published change of credentials comes out byte for byte.
func TestChangeVectors(t *testing.T) {
	var file struct {
		Cases []struct {
			ID, Domain string
			Input      signedInput
			Changes    []struct {
				Message struct {
					Index  string `json:"validator_index"`
					PubKey string `json:"from_bls_pubkey"`
					To     string `json:"to_execution_address"`
				}
				Signature   string
				SigningRoot string `json:"_signing_root"`
			}
		}
	}
	testkit.Decode(t, "deposit-cli/bls_to_execution_changes.json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		n := c.Input.network(t)
		d := ChangeDomain(n.GenesisForkVersion, *n.GenesisValidatorsRoot)
		if got := d.String(); got != "0x"+c.Domain {
			t.Errorf("%s: domain %s, want %s", c.ID, got, c.Domain)
		}
		address, err := beacon.ParseExecutionAddress(c.Input.Address)
		if err != nil {
			t.Fatal(err)
		}
		var entries []ChangeEntry
		var text []string
		for i, want := range c.Changes {
			sk := c.Input.key(t, derive.WithdrawalTemplate(), i)
			m := BLSToExecutionChange{
				ValidatorIndex: beacon.ValidatorIndex(number(t, want.Message.Index)), FromBLSPublicKey: sk.PublicKey(), ToExecutionAddress: address,
			}
			if got := m.SigningRoot(d).String(); got != "0x"+want.SigningRoot {
				t.Errorf("%s: signing root %s, want %s", c.ID, got, want.SigningRoot)
			}
			entries = append(entries, ChangeEntry{
				SignedBLSToExecutionChange: SignChange(sk, m, d), NetworkName: n.Name, GenesisValidatorsRoot: *n.GenesisValidatorsRoot, DepositCLIVersion: "1.3.0",
			})
			text = append(text, `{"message": {"validator_index": "`+want.Message.Index+`", "from_bls_pubkey": "`+want.Message.PubKey+
				`", "to_execution_address": "`+want.Message.To+`"}, "signature": "`+want.Signature+`", "metadata": {"network_name": "`+n.Name+
				`", "genesis_validators_root": "`+n.GenesisValidatorsRoot.String()+`", "deposit_cli_version": "1.3.0"}}`)
		}
		want := "[" + strings.Join(text, ", ") + "]"
		if got := string(MarshalChanges(entries)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.ID, got, want)
		}
		back, warnings, err := ParseChanges([]byte(want))
		if err != nil || len(warnings) != 0 || len(back) != len(entries) || back[0] != entries[0] {
			t.Errorf("%s: read as %+v, %v, %v", c.ID, back, warnings, err)
		}
		if err := VerifyChanges(back, d, rand.Reader); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

// The published change by keystore comes out byte for byte.
func TestKeystoreChangeVectors(t *testing.T) {
	var file struct {
		Cases []struct {
			ID, Domain  string
			Input       signedInput
			SigningRoot string `json:"signing_root"`
			Text        string `json:"text_exact"`
			Output      struct {
				Message struct {
					Index uint64 `json:"validator_index"`
				}
			}
		}
	}
	testkit.Decode(t, "deposit-cli/bls_to_execution_change_keystore.json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		n := c.Input.network(t)
		d := KeystoreChangeDomain(n.GenesisForkVersion, *n.GenesisValidatorsRoot)
		if got := d.String(); got != "0x"+c.Domain {
			t.Errorf("%s: domain %s, want %s", c.ID, got, c.Domain)
		}
		address, err := beacon.ParseExecutionAddress(c.Input.Address)
		if err != nil {
			t.Fatal(err)
		}
		sk := c.Input.key(t, derive.SigningTemplate(), 0)
		m := KeystoreChange{ValidatorIndex: beacon.ValidatorIndex(c.Output.Message.Index), ToExecutionAddress: address}
		if got := m.SigningRoot(d).String(); got != "0x"+c.SigningRoot {
			t.Errorf("%s: signing root %s, want %s", c.ID, got, c.SigningRoot)
		}
		s := SignKeystoreChange(sk, m, d)
		if got := string(MarshalKeystoreChange(s)); got != c.Text {
			t.Errorf("%s:\n got %s\nwant %s", c.ID, got, c.Text)
		}
		back, warnings, err := ParseKeystoreChange([]byte(c.Text))
		if err != nil || len(warnings) != 0 || back != s {
			t.Errorf("%s: read as %+v, %v, %v", c.ID, back, warnings, err)
		}
		if err := VerifyKeystoreChanges([]SignedKeystoreChange{back}, []bls.PublicKey{sk.PublicKey()}, d, rand.Reader); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

// The domains of exits and changes are those of every published network whose
// root is known.
func TestSignedDomains(t *testing.T) {
	var file struct {
		Networks []struct {
			Name           string
			GenesisVersion string `json:"genesis_fork_version"`
			ExitVersion    string `json:"exit_fork_version"`
			GenesisRoot    string `json:"genesis_validators_root"`
			ExitDomain     string `json:"voluntary_exit_domain"`
			ChangeDomain   string `json:"bls_to_execution_change_domain"`
		}
	}
	testkit.Decode(t, "network/networks.json", &file)
	checked := 0
	for _, n := range file.Networks {
		if n.ExitDomain == "" {
			continue
		}
		var genesis, exit beacon.Version
		var root beacon.Root
		copy(genesis[:], unhex(t, n.GenesisVersion))
		copy(exit[:], unhex(t, n.ExitVersion))
		copy(root[:], unhex(t, n.GenesisRoot))
		if got := ExitDomain(exit, root).String(); got != "0x"+n.ExitDomain {
			t.Errorf("%s: exit domain %s, want %s", n.Name, got, n.ExitDomain)
		}
		if got := ChangeDomain(genesis, root).String(); got != "0x"+n.ChangeDomain {
			t.Errorf("%s: change domain %s, want %s", n.Name, got, n.ChangeDomain)
		}
		checked++
	}
	if checked < 6 {
		t.Errorf("%d networks", checked)
	}
}

// testKey is a key for messages of no chain.
func testKey(t testing.TB) *bls.SecretKey {
	t.Helper()
	raw, err := secret.From(bytes.Repeat([]byte{0x11}, 32))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	sk, err := bls.SecretKeyFromBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sk.Close)
	return sk
}

// verifyExit verifies one exit.
func verifyExit(s SignedVoluntaryExit, pk bls.PublicKey, d beacon.Domain) error {
	return VerifyExits([]SignedVoluntaryExit{s}, []bls.PublicKey{pk}, d, rand.Reader)
}

// A signature is good for its message, key and network alone.
func TestVerifyRefusesEveryOtherMessage(t *testing.T) {
	sk := testKey(t)
	d := ExitDomain(beacon.Version{3}, beacon.Root{1})
	good := SignExit(sk, VoluntaryExit{Epoch: 5, ValidatorIndex: 6}, d)
	if err := verifyExit(good, sk.PublicKey(), d); err != nil {
		t.Fatal(err)
	}
	epoch, index := good, good
	epoch.Message.Epoch++
	index.Message.ValidatorIndex++
	for name, err := range map[string]error{
		"epoch": verifyExit(epoch, sk.PublicKey(), d), "index": verifyExit(index, sk.PublicKey(), d),
		"fork": verifyExit(good, sk.PublicKey(), ExitDomain(beacon.Version{4}, beacon.Root{1})),
		"root": verifyExit(good, sk.PublicKey(), ExitDomain(beacon.Version{3}, beacon.Root{2})),
		"type": verifyExit(good, sk.PublicKey(), ChangeDomain(beacon.Version{3}, beacon.Root{1})),
	} {
		if fault.KindOf(err) != fault.Integrity || err == nil {
			t.Errorf("another %s: %v", name, err)
		}
	}
	batch := []SignedVoluntaryExit{good, epoch}
	pks := []bls.PublicKey{sk.PublicKey(), sk.PublicKey()}
	if err := VerifyExits(batch, pks, d, rand.Reader); err == nil || !strings.Contains(err.Error(), "exit 2:") {
		t.Errorf("the bad one is not named: %v", err)
	}
	if err := VerifyExits(batch[:1], pks, d, rand.Reader); err == nil {
		t.Error("one exit with two keys was taken")
	}
	if err := VerifyExits(nil, nil, d, rand.Reader); err == nil {
		t.Error("no exits were verified")
	}
}

// What a reader of exits refuses, by the path of the mistake.
func TestParseExitRefuses(t *testing.T) {
	text := string(MarshalExit(SignExit(testKey(t), VoluntaryExit{Epoch: 1, ValidatorIndex: 2}, beacon.Domain{})))
	replace := func(old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%s is not in %s", old, text)
		}
		return strings.Replace(text, old, new, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "not JSON"},
		"list":             {"[" + text + "]", "want a JSON object"},
		"trailing":         {text + "x", "not JSON"},
		"no message":       {`{"signature": "0x"}`, "message: missing"},
		"number":           {replace(`"1"`, `1`), "message.epoch: want a string"},
		"negative":         {replace(`"1"`, `"-1"`), "message.epoch: want a whole number"},
		"leading zero":     {replace(`"2"`, `"02"`), "message.validator_index: want a whole number"},
		"too large":        {replace(`"2"`, `"18446744073709551616"`), "message.validator_index: want a whole number"},
		"twice":            {replace(`"epoch": "1"`, `"epoch": "1", "epoch": "2"`), "message.epoch: stands twice"},
		"no 0x":            {replace(`"0x`, `"`), "signature: want 0x in front"},
		"short signature":  {text[:len(text)-4] + `"}`, "signature: want 192 hexadecimal digits"},
		"no hex":           {text[:len(text)-4] + `zz"}`, "signature: not hexadecimal"},
		"not on the curve": {text[:len(text)-4] + `00"}`, "signature: "},
		"too large a file": {text + strings.Repeat(" ", maxSignedFile), "larger than"},
	} {
		if _, _, err := ParseExit([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "exit: ") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	_, warnings, err := ParseExit([]byte(replace(`{"message"`, `{"version": 1, "message"`)))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], `"version"`) {
		t.Errorf("an unknown member: %v, %v", warnings, err)
	}
	many := strings.Builder{}
	for i := range 300 {
		many.WriteString(`"m` + strconv.Itoa(i) + `": 1, `)
	}
	_, warnings, err = ParseExit([]byte(replace(`{"message"`, `{`+many.String()+`"message"`)))
	if err != nil || len(warnings) != maxUnknown {
		t.Errorf("%d warnings of many unknown members, %v", len(warnings), err)
	}
}

// Other programs leave the metadata out: that is read, said, and written back.
func TestChangesWithoutMetadata(t *testing.T) {
	entries := changes(t)
	entries[0].NoMetadata, entries[0].NetworkName, entries[0].DepositCLIVersion = true, "", ""
	entries[0].GenesisValidatorsRoot = beacon.Root{}
	text := MarshalChanges(entries)
	back, _, err := ParseChanges(text)
	if err != nil || back[0] != entries[0] || back[1] != entries[1] {
		t.Errorf("%+v, %v", back, err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"half metadata": {`"network_name": "devnet", `, "", "change 2.metadata.network_name: missing"},
		"short key":     {`"from_bls_pubkey": "0x`, `"from_bls_pubkey": "0xaa`, "change 1.message.from_bls_pubkey: want 96"},
		"no list":       {`[`, ` `, "not JSON"},
	} {
		if _, _, err := ParseChanges(bytes.Replace(text, []byte(c.old), []byte(c.new), 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := ParseChanges([]byte("[]")); err == nil {
		t.Error("an empty list was taken")
	}
}

// changes are two changes of a chain that exists nowhere.
func changes(t testing.TB) []ChangeEntry {
	sk := testKey(t)
	d := ChangeDomain(beacon.Version{1}, beacon.Root{2})
	var out []ChangeEntry
	for i := range 2 {
		m := BLSToExecutionChange{ValidatorIndex: beacon.ValidatorIndex(i), FromBLSPublicKey: sk.PublicKey(), ToExecutionAddress: beacon.ExecutionAddress{19: 7}}
		out = append(out, ChangeEntry{
			SignedBLSToExecutionChange: SignChange(sk, m, d), NetworkName: "devnet", GenesisValidatorsRoot: beacon.Root{2}, DepositCLIVersion: "1.3.0",
		})
	}
	return out
}

// What is read without a warning is written back to the same message, and no
// input stops the reader.
func FuzzParseExit(f *testing.F) {
	f.Add(MarshalExit(SignExit(testKey(f), VoluntaryExit{Epoch: 1, ValidatorIndex: 2}, beacon.Domain{})))
	f.Add([]byte(`{"message": {"epoch": "0", "validator_index": "1"}, "signature": "0x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		roundTrip(t, data, ParseExit, MarshalExit)
	})
}

func FuzzParseKeystoreChange(f *testing.F) {
	m := KeystoreChange{ValidatorIndex: 2, ToExecutionAddress: beacon.ExecutionAddress{1}}
	f.Add(MarshalKeystoreChange(SignKeystoreChange(testKey(f), m, beacon.Domain{})))
	f.Add([]byte(`{"message": {"to_execution_address": "0x", "validator_index": 1e1}, "signature": "0x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		roundTrip(t, data, ParseKeystoreChange, MarshalKeystoreChange)
	})
}

func FuzzParseChanges(f *testing.F) {
	entries := changes(f)
	f.Add(MarshalChanges(entries))
	entries[1].NoMetadata = true
	f.Add(MarshalChanges(entries))
	f.Add([]byte(`[{"message": {"validator_index": "1"}, "metadata": {}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := ParseChanges(data)
		if err != nil {
			return
		}
		again, warnings, err := ParseChanges(MarshalChanges(got))
		if err != nil || len(warnings) != 0 || len(again) != len(got) {
			t.Fatalf("%v, %v", warnings, err)
		}
		for i := range got {
			if again[i] != got[i] {
				t.Errorf("%+v was written as %+v", got[i], again[i])
			}
		}
	})
}

func roundTrip[T comparable](t *testing.T, data []byte, parse func([]byte) (T, []string, error), marshal func(T) []byte) {
	got, _, err := parse(data)
	if err != nil {
		return
	}
	again, warnings, err := parse(marshal(got))
	if err != nil || len(warnings) != 0 || again != got {
		t.Errorf("%+v was written as %+v: %v, %v", got, again, warnings, err)
	}
}
