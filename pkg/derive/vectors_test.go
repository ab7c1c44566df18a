package derive

import (
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

func buffer(t testing.TB, digits string) *secret.Buffer {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return secretOf(t, raw)
}

func secretOf(t testing.TB, raw []byte) *secret.Buffer {
	t.Helper()
	b, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// hexOf returns the key's 32 bytes, and closes it.
func hexOf(t testing.TB, sk *bls.SecretKey, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer sk.Close()
	b, err := sk.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return hex.EncodeToString(b.Bytes())
}

func decimal(t testing.TB, s string) string {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return hex.EncodeToString(n.FillBytes(make([]byte, bls.SecretKeySize)))
}

// EIP-2333, "Test Cases".
func TestTreeKDF(t *testing.T) {
	var file struct {
		Cases []struct {
			Name       string `json:"name"`
			Seed       string `json:"seed"`
			MasterSK   string `json:"master_SK"`
			ChildIndex uint32 `json:"child_index"`
			ChildSK    string `json:"child_SK"`
		} `json:"cases"`
	}
	testkit.Decode(t, "eip2333/tree_kdf.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			seed := buffer(t, c.Seed)
			master, err := MasterSK(seed)
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			child, err := ChildSK(master, c.ChildIndex)
			if got, want := hexOf(t, child, err), decimal(t, c.ChildSK); got != want {
				t.Errorf("child_SK %s, want %s", got, want)
			}
			sk, err := Derive(seed, nil)
			if got, want := hexOf(t, sk, err), decimal(t, c.MasterSK); got != want {
				t.Errorf("master_SK %s, want %s", got, want)
			}
		})
	}
}

// EIP-2333, "Test vector with intermediate values": every lamport chunk.
func TestTreeKDFIntermediate(t *testing.T) {
	var c struct {
		Seed       string   `json:"seed"`
		MasterSK   string   `json:"master_SK"`
		ChildIndex uint32   `json:"child_index"`
		Lamport0   []string `json:"lamport_0"`
		Lamport1   []string `json:"lamport_1"`
		Compressed string   `json:"compressed_lamport_PK"`
		ChildSK    string   `json:"child_SK"`
	}
	testkit.Decode(t, "eip2333/tree_kdf_intermediate.json", &c)
	w, err := newWork()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()

	sk := make([]byte, bls.SecretKeySize)
	w.hkdfModR(sk, buffer(t, c.Seed).Bytes())
	if got, want := hex.EncodeToString(sk), decimal(t, c.MasterSK); got != want {
		t.Fatalf("master_SK %s, want %s", got, want)
	}
	salt := []byte{byte(c.ChildIndex >> 24), byte(c.ChildIndex >> 16), byte(c.ChildIndex >> 8), byte(c.ChildIndex)}
	for _, want := range [][]string{c.Lamport0, c.Lamport1} {
		var got []string
		w.ikmToLamportSK(sk, salt, func(chunk []byte) { got = append(got, hex.EncodeToString(chunk)) })
		if len(got) != lamportCount || len(want) != lamportCount {
			t.Fatalf("%d chunks, want %d", len(got), len(want))
		}
		for i := range want {
			if got[i] != strings.TrimPrefix(want[i], "0x") {
				t.Fatalf("chunk %d is %s, want %s", i, got[i], want[i])
			}
		}
		flipBits(sk)
	}
	compressed := make([]byte, hashSize)
	w.parentSKToLamportPK(compressed, sk, c.ChildIndex)
	if got, want := hex.EncodeToString(compressed), strings.TrimPrefix(c.Compressed, "0x"); got != want {
		t.Errorf("compressed_lamport_PK %s, want %s", got, want)
	}
	w.deriveChildSK(sk, sk, c.ChildIndex)
	if got, want := hex.EncodeToString(sk), decimal(t, c.ChildSK); got != want {
		t.Errorf("child_SK %s, want %s", got, want)
	}
}

// The keys that deposit-cli derives from the seeds of its phrases.
func TestValidatorKeys(t *testing.T) {
	var file struct {
		Vectors []struct {
			ID       string `json:"id"`
			Seed     string `json:"seed"`
			MasterSK string `json:"master_sk"`
			Keys     []struct {
				Index            uint32 `json:"index"`
				WithdrawalPath   string `json:"withdrawal_path"`
				WithdrawalSK     string `json:"withdrawal_sk"`
				WithdrawalPubkey string `json:"withdrawal_pubkey"`
				SigningPath      string `json:"signing_path"`
				SigningSK        string `json:"signing_sk"`
				SigningPubkey    string `json:"signing_pubkey"`
			} `json:"keys"`
		} `json:"vectors"`
	}
	testkit.Decode(t, "deposit-cli/mnemonics.json", &file)
	for _, v := range file.Vectors {
		seed := buffer(t, v.Seed)
		sk, err := MasterSK(seed)
		if got := hexOf(t, sk, err); got != v.MasterSK {
			t.Errorf("%s: master %s, want %s", v.ID, got, v.MasterSK)
		}
		tree, err := NewTree(seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range v.Keys {
			withdrawal, signing, err := tree.Both(k.Index)
			if err != nil {
				t.Fatal(err)
			}
			if got := withdrawal.PublicKey().Hex(); got != k.WithdrawalPubkey {
				t.Errorf("%s/%d: withdrawal key %s, want %s", v.ID, k.Index, got, k.WithdrawalPubkey)
			}
			if got := signing.PublicKey().Hex(); got != k.SigningPubkey {
				t.Errorf("%s/%d: signing key %s, want %s", v.ID, k.Index, got, k.SigningPubkey)
			}
			same(t, v.ID, seed, k.WithdrawalPath, WithdrawalPath(k.Index), k.WithdrawalSK, withdrawal, tree.Withdrawal)
			same(t, v.ID, seed, k.SigningPath, SigningPath(k.Index), k.SigningSK, signing, tree.Signing)
		}
		tree.Close()
	}
}

// same demands the same key from the published path, the path function, both
// methods of the tree, and the vector.
func same(t *testing.T, id string, seed *secret.Buffer, published string, path Path, want string, both *bls.SecretKey, alone func(uint32) (*bls.SecretKey, error)) {
	t.Helper()
	if path.String() != published {
		t.Errorf("%s: path %s, want %s", id, path, published)
	}
	parsed, err := ParsePath(published)
	if err != nil {
		t.Fatal(err)
	}
	walked, err := Derive(seed, parsed)
	fromPath := hexOf(t, walked, err)
	single, err := alone(path[2])
	fromTree := hexOf(t, single, err)
	if got := hexOf(t, both, nil); got != want || fromPath != want || fromTree != want {
		t.Errorf("%s: %s gives %s, %s, %s; want %s", id, path, got, fromPath, fromTree, want)
	}
}
