package validator_test

import (
	"testing"

	"github.com/ethkey/ethkey/pkg/validator"
)

// A password that opens nothing is one fault: the deposits have keystores all
// the same. The rows stand in the order of the indices, 2 before 10.
func TestVerifyWithTheWrongPassword(t *testing.T) {
	source := keysFolder(t, 12, nil)
	good := proven(t, from(t, source, password))
	report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, source, newPassword)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.OK || !report.WrongPassword() || report.Failed() != 12 || len(report.Problems) != 0 || len(report.Verified) != 1 {
		t.Errorf("%d failed, problems %v, verified %v", report.Failed(), report.Problems, report.Verified)
	}
	named := map[string]bool{}
	for i, k := range report.Keystores {
		if k.Index == nil || i > 0 && *k.Index != *report.Keystores[i-1].Index+1 {
			t.Errorf("row %d has index %v", i, k.Index)
		}
		if k.PublicKey != "" {
			t.Errorf("%s: a public key that nobody proved", k.File)
		}
		named[k.Named] = true
	}
	for _, key := range good {
		if !named[key] {
			t.Errorf("%s is not named", key)
		}
	}
}
