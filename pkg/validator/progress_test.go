package validator_test

import (
	"context"
	"testing"

	"github.com/ethkey/ethkey/pkg/validator"
)

// Progress moves with every key that is made and with every key that is
// verified, however it is encrypted.
func TestProgressMovesWithEveryKey(t *testing.T) {
	for name, edit := range map[string]func(*validator.CreateRequest){
		"one salt":     func(*validator.CreateRequest) {},
		"unique salts": func(r *validator.CreateRequest) { r.UniqueSalts = true },
		"pbkdf2":       func(r *validator.CreateRequest) { r.PBKDF2 = true },
	} {
		r := request(t, t.TempDir())
		r.Count = 7
		edit(&r)
		plan, _, err := validator.PlanCreate(machine(), r)
		if err != nil {
			t.Fatal(err)
		}
		defer plan.Close()
		steps := 0
		_, err = plan.Run(context.Background(), func(done, total int) {
			if steps++; done != steps || total != 14 {
				t.Errorf("%s: step %d is called %d of %d", name, steps, done, total)
			}
		})
		if err != nil || steps != 14 {
			t.Errorf("%s: %d steps of 14, %v", name, steps, err)
		}
	}
}

// One of a kind is not called by its plural.
func TestReportCountsInEnglish(t *testing.T) {
	for count, want := range map[uint64][2]string{
		1: {"1 keystore opens with the password, and it holds the secret key of the public key it names",
			"1 deposit: public key, withdrawal credentials, amount, both roots and the signature"},
		2: {"2 keystores open with the password, and each holds the secret key of the public key it names",
			"2 deposits: public key, withdrawal credentials, amount, both roots and the signature"},
	} {
		r := request(t, t.TempDir())
		r.Count = count
		result, _, err := create(machine(), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string(result.Verified); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
