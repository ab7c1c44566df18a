package keystore

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/normal"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Form is a way in which programs turn a typed password into bytes.
type Form string

// The forms: the standard's, and those that programs are known to have used.
const (
	FormStandard Form = "NFKD without control codes, as EIP-2335 says"
	FormAsTyped  Form = "as typed, without any normalisation, as old releases of ethdo"
	FormComposed Form = "NFC"
	FormBase     Form = "NFKD without combining marks, as ethdo and Prysm"
	FormLineFeed Form = "as typed, with a line feed at its end"
	FormCRLF     Form = "as typed, with a carriage return and a line feed at its end"
)

// Forms lists them, the likeliest first.
func Forms() []Form {
	return []Form{FormStandard, FormBase, FormAsTyped, FormComposed, FormLineFeed, FormCRLF}
}

// ProcessAs is ProcessPassword in another form.
func ProcessAs(form Form, raw []byte) (*secret.Buffer, error) {
	switch form {
	case FormAsTyped:
		return ending(raw, "")
	case FormLineFeed:
		return ending(raw, "\n")
	case FormCRLF:
		return ending(raw, "\r\n")
	case FormComposed:
		return normal.Text(norm.NFC, "", raw)
	case FormBase:
		return bases(raw)
	default:
		return ProcessPassword(raw)
	}
}

func ending(raw []byte, end string) (*secret.Buffer, error) {
	out, err := secret.New(len(raw) + len(end))
	if err != nil {
		return nil, err
	}
	copy(out.Bytes()[copy(out.Bytes(), raw):], end)
	return out, nil
}

// bases keeps the first character of each run that normalises together, which
// is what github.com/wealdtech/go-eth2-wallet-encryptor-keystorev4 does.
func bases(raw []byte) (*secret.Buffer, error) {
	out, err := normal.Text(norm.NFKD, "", raw) // as long as it can be
	if err != nil {
		return nil, err
	}
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	n := 0
	for it.Init(norm.NFKD, raw); !it.Done(); {
		segment := it.Next()
		r, size := utf8.DecodeRune(segment)
		if r >= utf8.RuneSelf || !isControl(r) {
			n += copy(out.Bytes()[n:], segment[:size])
		}
	}
	out.Truncate(n)
	return out, nil
}
