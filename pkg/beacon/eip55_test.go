package beacon

import (
	"errors"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// EIP-55, "Test Cases". The all-caps and all-lower ones are such addresses
// whose checksum happens to be of one case.
var eip55 = []string{
	"0x52908400098527886E0F7030069857D2E4169EE7",
	"0x8617E340B3D01FA5F11F306F4090FD50E238070D",
	"0xde709f2102306220921060314715629080e2fb77",
	"0x27b1fdb04752bbc536007a920d24acb045561c26",
	"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
	"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
	"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
	"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
}

func TestEIP55Examples(t *testing.T) {
	for _, s := range append(eip55, "0x00000000219ab540356cBB839Cbe05303d7705Fa", "0x1111111111111111111111111111111111111111") {
		a, err := ParseExecutionAddress(s)
		if err != nil || a.String() != s {
			t.Errorf("%s: %s, %v", s, a, err)
		}
	}
}

const mixed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

func TestParseExecutionAddressRefuses(t *testing.T) {
	for s, want := range map[string]string{
		mixed[2:]:                         "want 0x in front",
		"":                                "want 0x in front",
		" " + mixed:                       "want 0x in front",
		"0X" + mixed[2:]:                  "starts with 0X",
		mixed[:41]:                        "want 40 digits after 0x, found 39",
		mixed + "0":                       "want 40 digits after 0x, found 41",
		mixed + "\n":                      "found 41",
		"0x":                              "found 0",
		"0xg" + mixed[3:]:                 "character 1 after 0x is not a hexadecimal digit",
		mixed[:41] + "z":                  "character 40 after 0x is not a hexadecimal digit",
		mixed[:40] + "é":                  "character 39 after 0x is not a hexadecimal digit",
		strings.ToLower(mixed):            "no checksum",
		"0x" + strings.ToUpper(mixed[2:]): "no checksum",
		"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": "checksum wrong, first seen at character 2 after 0x",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD": "checksum wrong, first seen at character 40 after 0x",
		"0x6aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": "checksum wrong", // a digit mistyped
		"0x" + strings.Repeat("0", 40):               "the zero address",
	} {
		_, err := ParseExecutionAddress(s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", s, err, want)
			continue
		}
		if fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: exit code %d", s, fault.KindOf(err))
		}
	}
}

// A person must not be handed the address to paste: who mistypes a digit would
// send the money elsewhere, with a good checksum.
func TestNoCorrectedAddressOffered(t *testing.T) {
	for _, s := range []string{strings.ToLower(mixed), "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"} {
		_, err := ParseExecutionAddress(s)
		if err == nil || fault.HintOf(err) == "" {
			t.Fatalf("%s: %v, want an error with a hint", s, err)
		}
		if text := err.Error() + fault.HintOf(err); strings.Contains(text, mixed[2:]) {
			t.Errorf("%s: offers the address: %s", s, text)
		}
	}
}

func TestZeroAddressIsItsOwnError(t *testing.T) {
	_, err := ParseExecutionAddress("0x" + strings.Repeat("0", 40))
	if !errors.Is(err, ErrZeroAddress) {
		t.Error(err)
	}
	if _, err := ParseExecutionAddress(strings.ToLower(mixed)); errors.Is(err, ErrZeroAddress) {
		t.Error(err)
	}
}

func FuzzParseExecutionAddress(f *testing.F) {
	for _, s := range eip55 {
		f.Add(s)
	}
	f.Add("0x" + strings.Repeat("0", 40))
	f.Add("0xé")
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := ParseExecutionAddress(s); err == nil && (a.String() != s || a == (ExecutionAddress{})) {
			t.Errorf("%q was read as %s", s, a)
		}
	})
}
