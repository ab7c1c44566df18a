package bls

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// vector is a case of ethereum/bls12-381-tests. Output null means that the
// call must fail.
type vector struct {
	Name   string          `json:"name"`
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
}

// each runs check on every case of a handler, with the input decoded into T.
func each[T any](t *testing.T, handler string, check func(t *testing.T, in T, output string)) {
	t.Helper()
	var file struct{ Cases []vector }
	testkit.Decode(t, "bls/"+handler+".json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			var in T
			if err := json.Unmarshal(c.Input, &in); err != nil {
				t.Fatal(err)
			}
			check(t, in, strings.Trim(string(c.Output), `"`))
		})
	}
}

func bin(t testing.TB, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func key(t testing.TB, digits string) (*SecretKey, error) {
	t.Helper()
	b, err := secret.From(bin(t, digits))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sk, err := SecretKeyFromBytes(b)
	t.Cleanup(sk.Close)
	return sk, err
}

// keys reads public keys; ok is false when one is invalid, which is how a
// verification with it fails here.
func keys(t *testing.T, digits []string) (pks []PublicKey, ok bool) {
	t.Helper()
	for _, d := range digits {
		pk, err := PublicKeyFromBytes(bin(t, d))
		if err != nil {
			return nil, false
		}
		pks = append(pks, pk)
	}
	return pks, true
}

func verdict(ok bool) string {
	if ok {
		return "true"
	}
	return "false"
}

func TestSignVectors(t *testing.T) {
	type input struct{ Privkey, Message string }
	each(t, "sign", func(t *testing.T, in input, output string) {
		sk, err := key(t, in.Privkey)
		if output == "null" {
			if err == nil {
				t.Error("the key was taken")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := sk.Sign(bin(t, in.Message)).String(); got != output {
			t.Errorf("%s, want %s", got, output)
		}
	})
}

func TestVerifyVectors(t *testing.T) {
	type input struct{ Pubkey, Message, Signature string }
	each(t, "verify", func(t *testing.T, in input, output string) {
		pk, errKey := PublicKeyFromBytes(bin(t, in.Pubkey))
		sig, errSig := SignatureFromBytes(bin(t, in.Signature))
		got := errKey == nil && errSig == nil && Verify(pk, bin(t, in.Message), sig)
		if verdict(got) != output {
			t.Errorf("%t, want %s", got, output)
		}
		// The same without the checks of the constructors.
		raw := Verify(PublicKey(bin(t, in.Pubkey)), bin(t, in.Message), Signature(bin(t, in.Signature)))
		if verdict(raw) != output {
			t.Errorf("unchecked points: %t, want %s", raw, output)
		}
	})
}

func TestAggregateVectors(t *testing.T) {
	each(t, "aggregate", func(t *testing.T, in []string, output string) {
		var sigs []Signature
		for _, digits := range in {
			sig, err := SignatureFromBytes(bin(t, digits))
			if err != nil {
				t.Fatal(err)
			}
			sigs = append(sigs, sig)
		}
		sum, err := AggregateSignatures(sigs)
		if (err != nil) != (output == "null") {
			t.Fatalf("error %v, want %s", err, output)
		}
		if err == nil && sum.String() != output {
			t.Errorf("%s, want %s", sum, output)
		}
	})
}

func TestAggregateVerifyVectors(t *testing.T) {
	type input struct {
		Pubkeys, Messages []string
		Signature         string
	}
	each(t, "aggregate_verify", func(t *testing.T, in input, output string) {
		var msgs [][]byte
		for _, m := range in.Messages {
			msgs = append(msgs, bin(t, m))
		}
		pks, ok := keys(t, in.Pubkeys)
		sig, err := SignatureFromBytes(bin(t, in.Signature))
		got := ok && err == nil && AggregateVerify(pks, msgs, sig)
		if verdict(got) != output {
			t.Errorf("%t, want %s", got, output)
		}
	})
}

func TestFastAggregateVerifyVectors(t *testing.T) {
	type input struct {
		Pubkeys            []string
		Message, Signature string
	}
	each(t, "fast_aggregate_verify", func(t *testing.T, in input, output string) {
		pks, ok := keys(t, in.Pubkeys)
		sig, err := SignatureFromBytes(bin(t, in.Signature))
		got := ok && err == nil && FastAggregateVerify(pks, bin(t, in.Message), sig)
		if verdict(got) != output {
			t.Errorf("%t, want %s", got, output)
		}
	})
}

func TestBatchVerifyVectors(t *testing.T) {
	type input struct{ Pubkeys, Messages, Signatures []string }
	each(t, "batch_verify", func(t *testing.T, in input, output string) {
		pks, ok := keys(t, in.Pubkeys)
		var msgs [][32]byte
		var sigs []Signature
		for i, digits := range in.Signatures {
			sig, err := SignatureFromBytes(bin(t, digits))
			ok = ok && err == nil
			sigs = append(sigs, sig)
			msgs = append(msgs, [32]byte(bin(t, in.Messages[i])))
		}
		if ok {
			var err error
			if ok, err = BatchVerify(pks, msgs, sigs, rand.Reader); err != nil {
				t.Fatal(err)
			}
		}
		if verdict(ok) != output {
			t.Errorf("%t, want %s", ok, output)
		}
	})
}

func TestDeserializationG1Vectors(t *testing.T) {
	type input struct{ Pubkey string }
	each(t, "deserialization_G1", func(t *testing.T, in input, output string) {
		pk, err := PublicKeyFromBytes(bin(t, in.Pubkey))
		if verdict(err == nil) != output {
			t.Errorf("error %v, want %s", err, output)
		}
		if err == nil && !bytes.Equal(pk.Bytes(), bin(t, in.Pubkey)) {
			t.Errorf("%s, want %s", pk, in.Pubkey)
		}
	})
}

func TestDeserializationG2Vectors(t *testing.T) {
	type input struct{ Signature string }
	each(t, "deserialization_G2", func(t *testing.T, in input, output string) {
		sig, err := SignatureFromBytes(bin(t, in.Signature))
		if verdict(err == nil) != output {
			t.Errorf("error %v, want %s", err, output)
		}
		if err == nil && !bytes.Equal(sig.Bytes(), bin(t, in.Signature)) {
			t.Errorf("%s, want %s", sig, in.Signature)
		}
	})
}

// The RFC 9380 vectors have a tag of their own; the hash is blst's.
func TestHashToG2Vectors(t *testing.T) {
	const tag = "QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"
	type input struct{ Msg string }
	each(t, "hash_to_G2", func(t *testing.T, in input, output string) {
		var want struct{ X, Y string }
		if err := json.Unmarshal([]byte(output), &want); err != nil {
			t.Fatal(err)
		}
		got := blst.HashToG2([]byte(in.Msg), []byte(tag)).ToAffine().Serialize()
		// blst puts the imaginary part first, the vectors the real part.
		var expected []byte
		for _, coordinate := range []string{want.X, want.Y} {
			re, im, _ := strings.Cut(coordinate, ",")
			expected = append(append(expected, bin(t, im)...), bin(t, re)...)
		}
		if !bytes.Equal(got, expected) {
			t.Errorf("%x, want %x", got, expected)
		}
	})
}
