package paper

import "github.com/ethkey/ethkey/internal/fault"

func errNoCode(name string) error {
	return fault.New(fault.Refused, "%s: no code could be read", name).
		WithHint("photograph the sheet again: flat, whole, in even light, from straight above; or take its other code; or type the text")
}
