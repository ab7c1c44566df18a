package bls

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/secret"
)

// order is r (draft-irtf-cfrg-bls-signature-05, 4.2).
const order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"

const someKey = "263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3"

func plus(t *testing.T, n int64) string {
	t.Helper()
	r, _ := new(big.Int).SetString(order, 16)
	return fmt.Sprintf("%064x", r.Add(r, big.NewInt(n)))
}

func TestSecretKeyRange(t *testing.T) {
	for digits, want := range map[string]bool{
		strings.Repeat("0", 64):                  false,
		fmt.Sprintf("%064x", 1):                  true,
		plus(t, -1):                              true,
		order:                                    false,
		plus(t, 1):                               false,
		strings.Repeat("f", 64):                  false,
		someKey:                                  true,
		someKey[2:]:                              false, // 31 bytes
		"00" + someKey:                           false, // 33 bytes
		"":                                       false,
		"01" + strings.Repeat("00", 30) + "ffff": false,
	} {
		if _, err := key(t, digits); (err == nil) != want {
			t.Errorf("%s: error %v, want taken %t", digits, err, want)
		}
	}
}

func TestSecretKeyBytesRoundTrip(t *testing.T) {
	for _, digits := range []string{someKey, fmt.Sprintf("%064x", 1), plus(t, -1)} {
		sk, err := key(t, digits)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sk.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", b.Bytes()); got != digits {
			t.Errorf("%s, want %s", got, digits)
		}
		b.Close()
	}
}

func TestErrorsNeverShowTheKey(t *testing.T) {
	for _, digits := range []string{order, strings.Repeat("f", 64), someKey[2:]} {
		_, err := key(t, digits)
		if err == nil || strings.Contains(err.Error(), digits[:8]) {
			t.Errorf("%v", err)
		}
	}
}

func TestSecretKeyNeverPrints(t *testing.T) {
	sk, err := key(t, someKey)
	if err != nil {
		t.Fatal(err)
	}
	outer := struct {
		hidden *SecretKey
		Shown  *SecretKey
		value  SecretKey
		list   []*SecretKey
	}{sk, sk, *sk, []*SecretKey{sk}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d"} {
		for _, v := range []any{sk, *sk, outer, &outer, []*SecretKey{sk}} {
			text := fmt.Sprintf(verb, v)
			for _, leak := range []string{"263dbd79", "263DBD79", "e3402046", "E3402046", "38 61", "0x26, 0x3d", "227 64 32", "\xe3\x40"} {
				if strings.Contains(text, leak) {
					t.Errorf("%s of %T shows %q: %s", verb, v, leak, text)
				}
			}
		}
	}
	if text := fmt.Sprintf("%v %+v %#v %s", sk, sk, sk, sk); text != "[redacted] [redacted] [redacted] [redacted]" {
		t.Error(text)
	}
	if out, err := json.Marshal(sk); err == nil {
		t.Errorf("marshalled: %s", out)
	}
}

func TestCloseWipes(t *testing.T) {
	b, err := secret.From(bin(t, someKey))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sk, err := SecretKeyFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if b.Len() != SecretKeySize || fmt.Sprintf("%x", b.Bytes()) != someKey {
		t.Error("the caller's buffer was changed")
	}
	page := sk.page.Bytes()
	sk.Close()
	for _, c := range page {
		if c != 0 {
			t.Fatal("the key outlives Close")
		}
	}
	sk.Close()
	(*SecretKey)(nil).Close()
}
