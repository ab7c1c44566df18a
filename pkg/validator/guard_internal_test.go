package validator

import (
	"context"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// A panic in a worker ends the run as a fault, and its value is not told.
func TestPanicOfAWorkerIsAFault(t *testing.T) {
	err := parallel(context.Background(), 2, 5, func(i int) error {
		if i == 3 {
			panic("a secret")
		}
		return nil
	})
	if fault.KindOf(err) != fault.Integrity || strings.Contains(err.Error()+fault.HintOf(err), "a secret") {
		t.Errorf("got %v", err)
	}
}
