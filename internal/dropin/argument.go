package dropin

import (
	"os"
	"unsafe"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Argument is the value of a flag that holds a secret. It keeps the secret in
// locked memory and blanks it where the kernel shows the command line to every
// process, from the moment that flags are parsed.
type Argument struct{ value *secret.Buffer }

// Set implements pflag.Value.
func (a *Argument) Set(text string) error {
	value, err := secret.From([]byte(text))
	blank(text)
	if err != nil {
		return err
	}
	a.value.Close()
	a.value = value
	return nil
}

// String implements pflag.Value. It shows nothing.
func (a *Argument) String() string { return "" }

// Type implements pflag.Value.
func (a *Argument) Type() string { return "string" }

// take hands the secret over.
func (a *Argument) take() *secret.Buffer {
	value := a.value
	a.value = nil
	return value
}

// blank overwrites text with NUL bytes if it is part of the command line: the
// Go runtime makes os.Args of the very memory that the kernel passed. Any other
// string may be a constant of the program, and stays.
func blank(text string) {
	at := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	for _, arg := range os.Args {
		start := uintptr(unsafe.Pointer(unsafe.StringData(arg)))
		if text != "" && start <= at && at+uintptr(len(text)) <= start+uintptr(len(arg)) {
			secret.Wipe(unsafe.Slice(unsafe.StringData(text), len(text)))
			return
		}
	}
}

// argument returns the secret that stood on the command line.
func (s *Session) argument(flag string) (*secret.Buffer, error) {
	value := s.Flags.Lookup(flag).Value
	if a, ok := value.(*Argument); ok {
		return a.take(), nil
	}
	return secret.From([]byte(value.String()))
}
