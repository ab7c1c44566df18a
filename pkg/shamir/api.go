package shamir

import "github.com/ethkey/ethkey/pkg/secret"

// FormatAge returns an age identity as age writes it, AGE-SECRET-KEY-1 and so
// on, from the 32 bytes of a Secret of KindAge.
func FormatAge(data *secret.Buffer) (*secret.Buffer, error) { return nil, nil }

// ParseAge returns the 32 bytes of an age identity.
func ParseAge(text *secret.Buffer) (*secret.Buffer, error) { return nil, nil }

// Instructions are the lines for a sheet that say how to restore without
// ethkey, each of at most 100 ASCII characters. docs/recover-without-ethkey.md
// has the long form.
func Instructions(s *Sheet) []string { return nil }
