package paper

import "github.com/ethkey/ethkey/internal/fault"

func errNoCode(name string) error {
	return fault.New(fault.Refused, "%s: no code could be read", name).
		WithHint("photograph the sheet again: flat, whole, in even light, from straight above; or take its other code; or type the text")
}

func errFileTooLarge(name string, limit int64) error {
	return fault.New(fault.Refused, "%s: the file is larger than %d MiB", name, limit>>20).
		WithHint("set the camera to about 12 megapixels and JPEG, or the scanner to 300 dpi; one sheet a file")
}
