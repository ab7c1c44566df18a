package shamir

import (
	"bytes"
	"regexp"
	"unicode"
)

// Things that people hold up instead of a sheet, most telling first. What they
// are is said; what they hold never is.
var others = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`(?i)^ms1[0-9a-z?]+$`), "a codex32 string (BIP-93)"},
	{regexp.MustCompile(`(?i)^ur:`), "a UR code, as other wallets make them"},
	{regexp.MustCompile(`(?i)^otpauth:`), "the secret of one-time passwords (otpauth)"},
	{regexp.MustCompile(`(?i)^(bitcoin|ethereum|lightning):`), "an address for payments"},
	{regexp.MustCompile(`(?i)^wifi:`), "the code of a Wi-Fi network"},
	{regexp.MustCompile(`(?i)^([a-z][a-z0-9+.-]*://|www\.|mailto:)`), "a web address"},
	{regexp.MustCompile(`(?i)^age-secret-key-1`), "an age identity"},
	{regexp.MustCompile(`(?i)^age1[0-9a-z]+$`), "the public key of an age identity"},
	{regexp.MustCompile(`^-----BEGIN AGE ENCRYPTED FILE|^age-encryption\.org/`), "a file encrypted with age"},
	{regexp.MustCompile(`^-----BEGIN `), "a PEM file"},
	{regexp.MustCompile(`^[[{]`), "JSON"},
	{regexp.MustCompile(`^([0-9]{48}|[0-9]{60}|[0-9]{72}|[0-9]{84}|[0-9]{96})$`), "a SeedQR, the words of a BIP-39 phrase as numbers"},
	{regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`), "an Ethereum address"},
	{regexp.MustCompile(`^(0x)?[0-9a-fA-F]{64}$`), "32 bytes in hex, perhaps a private key"},
	{regexp.MustCompile(`^(0x)?[0-9a-fA-F]{96}$`), "48 bytes in hex, perhaps the public key of a validator"},
	{regexp.MustCompile(`^[0-9]+$`), "a number"},
	{regexp.MustCompile(`^(0x)?([0-9a-fA-F]{2}){17,}$`), "hex, perhaps a share of HashiCorp Vault"},
	{regexp.MustCompile(`^([A-Za-z0-9+/_-]{4}){5,}([A-Za-z0-9+/_-]{2}==|[A-Za-z0-9+/_-]{3}=?)?$`), "base64, perhaps a share of HashiCorp Vault"},
}

// identify says what a text is that is not a sheet, and "" when it cannot.
func identify(text []byte) string {
	text = bytes.TrimSpace(text)
	if what := identifyWords(text); what != "" {
		return what
	}
	for _, o := range others {
		if o.pattern.Match(text) {
			return o.what
		}
	}
	if bytes.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return "binary data, perhaps a CompactSeedQR"
	}
	return ""
}

// identifyWords goes by the number of words: those of BIP-39 and of SLIP-39
// have none in common.
func identifyWords(text []byte) string {
	words := bytes.Fields(text)
	for _, w := range words {
		if bytes.ContainsFunc(w, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) }) {
			return ""
		}
	}
	switch len(words) {
	case 12, 15, 18, 21, 24:
		return "the words of a BIP-39 phrase"
	case 20, 23, 26, 27, 30, 33, 59:
		return "the words of a SLIP-39 share"
	}
	return ""
}
