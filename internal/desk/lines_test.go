package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// Whatever kind of sheet it is, Enter at the end of each of its lines wants more.
func TestEveryLineOfEverySheetGoesOn(t *testing.T) {
	for _, n := range []int{8, 32} {
		for _, sc := range []shamir.Scheme{shamir.Single(2, 3), {GroupThreshold: 2, Groups: []shamir.Group{{Threshold: 2, Sheets: 3}, {Threshold: 2, Sheets: 3}}}} {
			d, err := secret.New(n)
			if err != nil {
				t.Fatal(err)
			}
			for i := range d.Bytes() {
				d.Bytes()[i] = 'a'
			}
			set, err := shamir.Split(rand.Reader, shamir.Secret{Kind: shamir.KindPassword, Data: d}, sc, 0)
			if err != nil {
				t.Fatal(err)
			}
			pass, err := shamir.NewPassphrase(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			prot, err := shamir.Protect(context.Background(), set[0], pass)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []*shamir.Sheet{set[0], prot} {
				text, err := s.Text()
				if err != nil {
					t.Fatal(err)
				}
				for at := 16; at < text.Len()-3; at += 16 {
					part, err := secret.From(bytes.Clone(text.Bytes()[:3+at]))
					if err != nil {
						t.Fatal(err)
					}
					err = judgeSheet(part)
					var more *term.More
					if !errors.As(err, &more) || more.Want <= at {
						t.Errorf("%d of %d: %v", at, text.Len()-3, err)
					} else if more.Doubt && text.Len()-3 != 147 { // a plain one has 96 or 147
						t.Errorf("%d of %d: in doubt", at, text.Len()-3)
					}
				}
			}
		}
	}
}
