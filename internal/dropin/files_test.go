package dropin

import (
	"strings"
	"testing"
)

// A secret key in the place of a public one is refused, and not repeated.
func TestNoKeyIsRepeated(t *testing.T) {
	secretKey := strings.Repeat("25", 32)
	for _, text := range []string{secretKey, "0x" + secretKey, secretKey + "x"} {
		_, err := ParsePublicKeys(text)
		if err == nil || strings.Contains(err.Error(), secretKey[:8]) || !strings.Contains(err.Error(), "public key 1: ") {
			t.Errorf("%v", err)
		}
	}
}
