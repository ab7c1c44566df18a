package message

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func buffer(t testing.TB, raw []byte) *secret.Buffer {
	t.Helper()
	b, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func secretKey(t testing.TB, digits string) *bls.SecretKey {
	t.Helper()
	sk, err := bls.SecretKeyFromBytes(buffer(t, unhex(t, digits)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sk.Close)
	return sk
}

// published is a deposit as the vectors have it: the file's members, and the
// signing root.
type published struct {
	Pubkey                string `json:"pubkey"`
	WithdrawalCredentials string `json:"withdrawal_credentials"`
	Amount                uint64 `json:"amount"`
	Signature             string `json:"signature"`
	DepositMessageRoot    string `json:"deposit_message_root"`
	DepositDataRoot       string `json:"deposit_data_root"`
	ForkVersion           string `json:"fork_version"`
	NetworkName           string `json:"network_name"`
	DepositCLIVersion     string `json:"deposit_cli_version,omitempty"`
	SigningRoot           string `json:"signing_root,omitempty"`
}

func (p published) message(t testing.TB) DepositMessage {
	t.Helper()
	pk, err := bls.PublicKeyFromBytes(unhex(t, p.Pubkey))
	if err != nil {
		t.Fatal(err)
	}
	return DepositMessage{PublicKey: pk, WithdrawalCredentials: [32]byte(unhex(t, p.WithdrawalCredentials)), Amount: beacon.Gwei(p.Amount)}
}

// check makes the deposit again with sk and demands every published figure.
func (p published) check(t *testing.T, sk *bls.SecretKey, domain string) DepositEntry {
	t.Helper()
	genesis, err := beacon.ParseVersion(p.ForkVersion)
	if err != nil {
		t.Fatal(err)
	}
	m := p.message(t)
	e := NewDepositEntry(sk, m, genesis, p.NetworkName, "1.3.0")
	for name, c := range map[string][2]string{
		"public key":             {sk.PublicKey().Hex(), p.Pubkey},
		"domain":                 {DepositDomain(genesis).String(), "0x" + domain},
		"signing_root":           {m.SigningRoot(genesis).String(), "0x" + p.SigningRoot},
		"withdrawal_credentials": {hex.EncodeToString(e.WithdrawalCredentials[:]), p.WithdrawalCredentials},
		"deposit_message_root":   {e.DepositMessageRoot.String(), "0x" + p.DepositMessageRoot},
		"deposit_data_root":      {e.DepositDataRoot.String(), "0x" + p.DepositDataRoot},
		"signature":              {e.Signature.Hex(), p.Signature},
	} {
		if c[0] != c[1] {
			t.Errorf("%s %s, want %s", name, c[0], c[1])
		}
	}
	if err := e.Verify(genesis); err != nil {
		t.Error(err)
	}
	return e
}

// phrase is what existing-mnemonic was given.
type phrase struct {
	Mnemonic   string `json:"mnemonic"`
	Passphrase string `json:"mnemonic_password"`
	StartIndex uint32 `json:"validator_start_index"`
}

// keys derives the withdrawal and the signing key at an index.
func (p phrase) keys(t *testing.T, index uint32) (withdrawal, signing *bls.SecretKey) {
	t.Helper()
	m, err := mnemonic.Parse([]byte(p.Mnemonic), "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	seed, err := m.Seed(buffer(t, []byte(p.Passphrase)))
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	tree, err := derive.NewTree(seed)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if withdrawal, signing, err = tree.Both(index); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(withdrawal.Close)
	t.Cleanup(signing.Close)
	return withdrawal, signing
}

// From the phrase to the bytes of the file, as deposit-cli has them.
func TestDepositVectors(t *testing.T) {
	var file struct {
		Cases []struct {
			ID       string      `json:"id"`
			Input    phrase      `json:"input"`
			Domain   string      `json:"domain"`
			Deposits []published `json:"deposits"`
		} `json:"cases"`
	}
	testkit.Decode(t, "deposit-cli/deposits.json", &file)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			var made []DepositEntry
			for i, p := range c.Deposits {
				withdrawal, signing := c.Input.keys(t, c.Input.StartIndex+uint32(i))
				made = append(made, p.check(t, signing, c.Domain))
				if own := BLSCredentials(withdrawal.PublicKey()); strings.HasPrefix(p.WithdrawalCredentials, "00") && made[i].WithdrawalCredentials != own {
					t.Errorf("0x00 credentials %x, want %s", own, p.WithdrawalCredentials)
				}
			}
			if got, want := string(MarshalDepositData(made)), python(t, c.Deposits); got != want {
				t.Errorf("file\n%s\nwant\n%s", got, want)
			}
			if err := VerifyDeposits(made, made[0].ForkVersion, rand.Reader); err != nil {
				t.Error(err)
			}
		})
	}
}

// python writes the deposits as Python's json.dumps does; none of the vectors
// has a blank, comma or colon inside a string.
func python(t *testing.T, deposits []published) string {
	t.Helper()
	plain := make([]published, len(deposits))
	for i, p := range deposits {
		p.SigningRoot, p.DepositCLIVersion = "", "1.3.0"
		plain[i] = p
	}
	compact, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(",", ", ", ":", ": ").Replace(string(compact))
}

func TestPartialDepositVectors(t *testing.T) {
	var file struct {
		Cases []struct {
			ID    string `json:"id"`
			Input struct {
				SigningSK   string `json:"signing_sk"`
				Address     string `json:"withdrawal_address"`
				Compounding bool   `json:"compounding"`
			} `json:"input"`
			Domain  string    `json:"domain"`
			Deposit published `json:"deposit"`
		} `json:"cases"`
	}
	testkit.Decode(t, "deposit-cli/partial_deposits.json", &file)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			e := c.Deposit.check(t, secretKey(t, c.Input.SigningSK), c.Domain)
			a, err := beacon.ParseExecutionAddress(c.Input.Address)
			if err != nil {
				t.Fatal(err)
			}
			want := ExecutionCredentials(a)
			if c.Input.Compounding {
				want = CompoundingCredentials(a)
			}
			if e.WithdrawalCredentials != want {
				t.Errorf("credentials %x, want %x", e.WithdrawalCredentials, want)
			}
		})
	}
}

// The 0x00 credentials of every withdrawal key of the phrases.
func TestBLSCredentialsVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			Keys []struct {
				Pubkey      string `json:"withdrawal_pubkey"`
				Credentials string `json:"withdrawal_credentials_0x00"`
			} `json:"keys"`
		} `json:"vectors"`
	}
	testkit.Decode(t, "deposit-cli/mnemonics.json", &file)
	for _, v := range file.Vectors {
		for _, k := range v.Keys {
			if got := BLSCredentials(bls.PublicKey(unhex(t, k.Pubkey))); hex.EncodeToString(got[:]) != k.Credentials {
				t.Errorf("%s: %x, want %s", k.Pubkey, got, k.Credentials)
			}
		}
	}
}

func TestNetworkDomains(t *testing.T) {
	var file struct {
		Networks []struct {
			Name       string `json:"name"`
			Genesis    string `json:"genesis_fork_version"`
			Exit       string `json:"exit_fork_version"`
			Root       string `json:"genesis_validators_root"`
			Deposit    string `json:"deposit_domain"`
			ExitDomain string `json:"voluntary_exit_domain"`
			Change     string `json:"bls_to_execution_change_domain"`
		} `json:"networks"`
	}
	testkit.Decode(t, "network/networks.json", &file)
	for _, n := range file.Networks {
		genesis, exit := beacon.Version(unhex(t, n.Genesis)), beacon.Version(unhex(t, n.Exit))
		if got := DepositDomain(genesis); got.String() != "0x"+n.Deposit {
			t.Errorf("%s: deposit domain %s, want %s", n.Name, got, n.Deposit)
		}
		if n.Root == "" {
			continue // ephemery has a new genesis every few weeks
		}
		root := beacon.Root(unhex(t, n.Root))
		if got := ComputeDomain(DomainVoluntaryExit, exit, root); got.String() != "0x"+n.ExitDomain {
			t.Errorf("%s: exit domain %s, want %s", n.Name, got, n.ExitDomain)
		}
		if got := ComputeDomain(DomainBLSToExecutionChange, genesis, root); got.String() != "0x"+n.Change {
			t.Errorf("%s: change domain %s, want %s", n.Name, got, n.Change)
		}
	}
}

// Messages of every kind: domain and signing root from the object's root, and
// for deposits, exits and changes that root as well. The signatures of that file are made with the
// NUL_ ciphersuite, which is not Ethereum's; those of sign.json are checked in
// pkg/bls.
func TestSigningRootVectors(t *testing.T) {
	kinds := map[string]beacon.DomainType{
		"ATTESTATION": DomainBeaconAttester, "BLOCK_HEADER": DomainBeaconProposer, "RANDAO_REVEAL": DomainRandao,
		"VOLUNTARY_EXIT": DomainVoluntaryExit, "SYNC_COMMITTEE_MESSAGE": DomainSyncCommittee, "DEPOSIT": DomainDeposit,
		"BLS_TO_EXECUTION_CHANGE": DomainBLSToExecutionChange, "VALIDATOR_REGISTRATION": DomainApplicationBuilder,
	}
	var file struct {
		Cases []struct {
			Kind        string          `json:"kind"`
			Message     json.RawMessage `json:"message"`
			DomainType  string          `json:"domain_type"`
			ForkVersion string          `json:"fork_version"`
			Genesis     string          `json:"genesis_validators_root"`
			Domain      string          `json:"domain"`
			ObjectRoot  string          `json:"object_root"`
			SigningRoot string          `json:"signing_root"`
			SecretKey   string          `json:"secret_key"`
			Pubkey      string          `json:"pubkey"`
		} `json:"cases"`
	}
	testkit.Decode(t, "bls/signing_roots.json", &file)
	for _, c := range file.Cases {
		kind, known := kinds[c.Kind]
		if !known || !bytes.Equal(kind[:], unhex(t, c.DomainType)) {
			t.Errorf("%s: domain type %x, want %s", c.Kind, kind, c.DomainType)
		}
		domain := ComputeDomain(kind, beacon.Version(unhex(t, c.ForkVersion)), beacon.Root(unhex(t, c.Genesis)))
		if domain.String() != c.Domain {
			t.Errorf("%s: domain %s, want %s", c.Kind, domain, c.Domain)
		}
		object := beacon.Root(unhex(t, c.ObjectRoot))
		roots := map[string]func(*testing.T, json.RawMessage) beacon.Root{
			"DEPOSIT": depositRoot, "VOLUNTARY_EXIT": exitRoot, "BLS_TO_EXECUTION_CHANGE": changeRoot,
		}
		if of := roots[c.Kind]; of != nil && of(t, c.Message) != object {
			t.Errorf("%s: object root %s, want %s", c.Kind, of(t, c.Message), object)
		}
		root := ComputeSigningRoot(object, domain)
		if root.String() != c.SigningRoot {
			t.Errorf("%s: signing root %s, want %s", c.Kind, root, c.SigningRoot)
		}
		if pk := secretKey(t, c.SecretKey).PublicKey(); pk.String() != c.Pubkey {
			t.Errorf("%s: public key %s, want %s", c.Kind, pk, c.Pubkey)
		}
	}
}

func depositRoot(t *testing.T, message json.RawMessage) beacon.Root {
	t.Helper()
	var m struct {
		Pubkey      string      `json:"pubkey"`
		Credentials string      `json:"withdrawal_credentials"`
		Amount      beacon.Gwei `json:"amount,string"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return DepositMessage{bls.PublicKey(unhex(t, m.Pubkey)), [32]byte(unhex(t, m.Credentials)), m.Amount}.HashTreeRoot()
}

func exitRoot(t *testing.T, message json.RawMessage) beacon.Root {
	t.Helper()
	var m struct {
		Epoch beacon.Epoch          `json:"epoch,string"`
		Index beacon.ValidatorIndex `json:"validator_index,string"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return VoluntaryExit{m.Epoch, m.Index}.HashTreeRoot()
}

func changeRoot(t *testing.T, message json.RawMessage) beacon.Root {
	t.Helper()
	var m struct {
		Index  beacon.ValidatorIndex `json:"validator_index,string"`
		Pubkey string                `json:"from_bls_pubkey"`
		To     string                `json:"to_execution_address"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return BLSToExecutionChange{m.Index, bls.PublicKey(unhex(t, m.Pubkey)), beacon.ExecutionAddress(unhex(t, m.To))}.HashTreeRoot()
}
